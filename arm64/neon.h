// Vector instructions by their Arm names, over register numbers, destination
// first. Where a mnemonic has several arrangements, the name ends in the one
// meant; floats are .4s. testdata/encodings.txt holds every one to llvm-mc.

// Memory. off is in bytes: -256 to 255 for single registers, multiples of 16
// from -1024 to 1008 for pairs. POST adds it to the base afterwards.
#define LDRQ(t, base, off)         WORD $(0x3cc00000|((off)&0x1ff)<<12|(base)<<5|(t))
#define LDRQ_POST(t, base, off)    WORD $(0x3cc00400|((off)&0x1ff)<<12|(base)<<5|(t))
#define LDRS(t, base, off)         WORD $(0xbc400000|((off)&0x1ff)<<12|(base)<<5|(t))
#define LDRH(t, base, off)         WORD $(0x7c400000|((off)&0x1ff)<<12|(base)<<5|(t))
#define LDRD_POST(t, base, off)    WORD $(0xfc400400|((off)&0x1ff)<<12|(base)<<5|(t))
#define LDRS_POST(t, base, off)    WORD $(0xbc400400|((off)&0x1ff)<<12|(base)<<5|(t))
#define LDRH_POST(t, base, off)    WORD $(0x7c400400|((off)&0x1ff)<<12|(base)<<5|(t))
#define STRQ(t, base, off)         WORD $(0x3c800000|((off)&0x1ff)<<12|(base)<<5|(t))
#define STRQ_POST(t, base, off)    WORD $(0x3c800400|((off)&0x1ff)<<12|(base)<<5|(t))
#define STRD_POST(t, base, off)    WORD $(0xfc000400|((off)&0x1ff)<<12|(base)<<5|(t))
#define STRS_POST(t, base, off)    WORD $(0xbc000400|((off)&0x1ff)<<12|(base)<<5|(t))
#define STRH_POST(t, base, off)    WORD $(0x7c000400|((off)&0x1ff)<<12|(base)<<5|(t))
#define LDPQ(t, u, base, off)      WORD $(0xad400000|((off)&0x7f0)<<11|(u)<<10|(base)<<5|(t))
#define LDPQ_POST(t, u, base, off) WORD $(0xacc00000|((off)&0x7f0)<<11|(u)<<10|(base)<<5|(t))
#define STPQ(t, u, base, off)      WORD $(0xad000000|((off)&0x7f0)<<11|(u)<<10|(base)<<5|(t))
#define STPQ_POST(t, u, base, off) WORD $(0xac800000|((off)&0x7f0)<<11|(u)<<10|(base)<<5|(t))

// Fetches a line into the second-level cache; off is a multiple of 8.
#define PRFM_L2(base, off)         WORD $(0xf9800002|(off)<<7|(base)<<5)

// One lane, then base += step, a general register.
#define LD1H_POST(t, lane, base, step) WORD $(0x0dc04000|((lane)>>2)<<30|((lane)&2)<<11|((lane)&1)<<11|(step)<<16|(base)<<5|(t))
#define LD1S_POST(t, lane, base, step) WORD $(0x0dc08000|((lane)>>1)<<30|((lane)&1)<<12|(step)<<16|(base)<<5|(t))

// One word into all lanes; base += 4.
#define LD1RS_POST(t, base)        WORD $(0x4ddfc800|(base)<<5|(t))

// Two or four registers from t on, interleaved by words; base += their size.
#define LD2S_POST(t, base)         WORD $(0x4cdf8800|(base)<<5|(t))
#define ST2S_POST(t, base)         WORD $(0x4c9f8800|(base)<<5|(t))
#define ST4S_POST(t, base)         WORD $(0x4c9f0800|(base)<<5|(t))

// int8 products.
#define SDOT(d, n, m)              WORD $(0x4e809400|(m)<<16|(n)<<5|(d))
#define SDOTL(d, n, m, lane)       WORD $(0x4f80e000|((lane)&1)<<21|((lane)&2)<<10|(m)<<16|(n)<<5|(d))
#define SMULL(d, n, m)             WORD $(0x0e20c000|(m)<<16|(n)<<5|(d))
#define SMLAL2(d, n, m)            WORD $(0x4e208000|(m)<<16|(n)<<5|(d))
#define SADDLP8H(d, n)             WORD $(0x4e202800|(n)<<5|(d))
#define SADDLP4S(d, n)             WORD $(0x4e602800|(n)<<5|(d))
#define SADALP4S(d, n)             WORD $(0x4e606800|(n)<<5|(d))

// Integers.
#define ADDP4S(d, n, m)            WORD $(0x4ea0bc00|(m)<<16|(n)<<5|(d))
#define SUB4S(d, n, m)             WORD $(0x6ea08400|(m)<<16|(n)<<5|(d))
#define ADD4S(d, n, m)             WORD $(0x4ea08400|(m)<<16|(n)<<5|(d))
#define SUB16B(d, n, m)            WORD $(0x6e208400|(m)<<16|(n)<<5|(d))
#define UMAX4S(d, n, m)            WORD $(0x6ea06400|(m)<<16|(n)<<5|(d))
#define UMAXV4S(d, n)              WORD $(0x6eb0a800|(n)<<5|(d))
#define SHL16B(d, n, imm)          WORD $(0x4f085400|(imm)<<16|(n)<<5|(d))
#define USHR16B(d, n, imm)         WORD $(0x6f100400-((imm)<<16)|(n)<<5|(d))
#define SRI16B(d, n, imm)          WORD $(0x6f104400-((imm)<<16)|(n)<<5|(d))
#define USHL16B(d, n, m)           WORD $(0x6e204400|(m)<<16|(n)<<5|(d))
#define SHL4S(d, n, imm)           WORD $(0x4f205400|(imm)<<16|(n)<<5|(d))
#define SSHR4S(d, n, imm)          WORD $(0x4f400400-((imm)<<16)|(n)<<5|(d))

// Bits and places.
#define AND(d, n, m)               WORD $(0x4e201c00|(m)<<16|(n)<<5|(d))
#define ORR(d, n, m)               WORD $(0x4ea01c00|(m)<<16|(n)<<5|(d))
#define EOR(d, n, m)               WORD $(0x6e201c00|(m)<<16|(n)<<5|(d))
#define BIT(d, n, m)               WORD $(0x6ea01c00|(m)<<16|(n)<<5|(d))
#define MVN(d, n)                  WORD $(0x6e205800|(n)<<5|(d))
#define CMTST16B(d, n, m)          WORD $(0x4e208c00|(m)<<16|(n)<<5|(d))
#define TBL(d, n, m)               WORD $(0x4e000000|(m)<<16|(n)<<5|(d))
#define SXTL8H(d, n)               WORD $(0x0f08a400|(n)<<5|(d))
#define SXTL2_8H(d, n)             WORD $(0x4f08a400|(n)<<5|(d))
#define SXTL4S(d, n)               WORD $(0x0f10a400|(n)<<5|(d))
#define SXTL2_4S(d, n)             WORD $(0x4f10a400|(n)<<5|(d))
#define MOV(d, n)                  WORD $(0x4ea01c00|(n)<<16|(n)<<5|(d))
#define MOVI16B(d, imm)            WORD $(0x4f00e400|((imm)>>5)<<16|((imm)&31)<<5|(d))
#define DUP4S_R(d, r)              WORD $(0x4e040c00|(r)<<5|(d))
#define XTN4H(d, n)                WORD $(0x0e612800|(n)<<5|(d))
#define SHRN4H(d, n, imm)          WORD $(0x0f208400-((imm)<<16)|(n)<<5|(d))
#define SQXTN4H(d, n)              WORD $(0x0e614800|(n)<<5|(d))
#define SQXTN2_8H(d, n)            WORD $(0x4e614800|(n)<<5|(d))
#define SQXTN8B(d, n)              WORD $(0x0e214800|(n)<<5|(d))
#define SQXTN2_16B(d, n)           WORD $(0x4e214800|(n)<<5|(d))
#define ZIP1_8H(d, n, m)           WORD $(0x4e403800|(m)<<16|(n)<<5|(d))
#define ZIP2_8H(d, n, m)           WORD $(0x4e407800|(m)<<16|(n)<<5|(d))

// f32.
#define FADD(d, n, m)              WORD $(0x4e20d400|(m)<<16|(n)<<5|(d))
#define FADDP(d, n, m)             WORD $(0x6e20d400|(m)<<16|(n)<<5|(d))
#define FSUB(d, n, m)              WORD $(0x4ea0d400|(m)<<16|(n)<<5|(d))
#define FMUL(d, n, m)              WORD $(0x6e20dc00|(m)<<16|(n)<<5|(d))
#define FMULL(d, n, m, lane)       WORD $(0x4f809000|((lane)&1)<<21|((lane)&2)<<10|(m)<<16|(n)<<5|(d))
#define FDIV(d, n, m)              WORD $(0x6e20fc00|(m)<<16|(n)<<5|(d))
#define FMLA(d, n, m)              WORD $(0x4e20cc00|(m)<<16|(n)<<5|(d))
#define FMLAL(d, n, m, lane)       WORD $(0x4f801000|((lane)&1)<<21|((lane)&2)<<10|(m)<<16|(n)<<5|(d))
#define FMLS(d, n, m)              WORD $(0x4ea0cc00|(m)<<16|(n)<<5|(d))
#define FNEG(d, n)                 WORD $(0x6ea0f800|(n)<<5|(d))
#define FMAX(d, n, m)              WORD $(0x4e20f400|(m)<<16|(n)<<5|(d))
#define FMAXV(d, n)                WORD $(0x6e30f800|(n)<<5|(d))
#define FMIN(d, n, m)              WORD $(0x4ea0f400|(m)<<16|(n)<<5|(d))

// Conversions: int32 and f32, f16 and f32, f32 and f64.
#define SCVTF(d, n)                WORD $(0x4e21d800|(n)<<5|(d))
#define FCVTNS(d, n)               WORD $(0x4e21a800|(n)<<5|(d))
#define FCVTL(d, n)                WORD $(0x0e217800|(n)<<5|(d))
#define FCVTL2(d, n)               WORD $(0x4e217800|(n)<<5|(d))
#define FCVTN(d, n)                WORD $(0x0e216800|(n)<<5|(d))
#define FCVTN2(d, n)               WORD $(0x4e216800|(n)<<5|(d))
#define FCVTL_2D(d, n)             WORD $(0x0e617800|(n)<<5|(d))
#define FCVTL2_2D(d, n)            WORD $(0x4e617800|(n)<<5|(d))

// f64.
#define FADD2D(d, n, m)            WORD $(0x4e60d400|(m)<<16|(n)<<5|(d))
#define FADDP2D(d, n)              WORD $(0x7e70d800|(n)<<5|(d))
#define FMLA2D(d, n, m)            WORD $(0x4e60cc00|(m)<<16|(n)<<5|(d))
