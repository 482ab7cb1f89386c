#include "textflag.h"

// Constants as wide as the widest vector; each class reads as much as it needs.

#define FULL(name, value) \
	DATA name+0(SB)/8, value; \
	DATA name+8(SB)/8, value; \
	DATA name+16(SB)/8, value; \
	DATA name+24(SB)/8, value; \
	DATA name+32(SB)/8, value; \
	DATA name+40(SB)/8, value; \
	DATA name+48(SB)/8, value; \
	DATA name+56(SB)/8, value; \
	GLOBL name(SB), RODATA|NOPTR, $64

FULL(·bytes1, $0x0101010101010101)
FULL(·bytes3, $0x0303030303030303)
FULL(·bytes4, $0x0404040404040404)
FULL(·bytes8, $0x0808080808080808)
FULL(·bytes15, $0x0f0f0f0f0f0f0f0f)
FULL(·bytes16, $0x1010101010101010)
FULL(·bytes24, $0x1818181818181818)
FULL(·bytes28, $0x1c1c1c1c1c1c1c1c)
FULL(·bytes32, $0x2020202020202020)
FULL(·bytes48, $0x3030303030303030)
FULL(·bytes63, $0x3f3f3f3f3f3f3f3f)
FULL(·bytes96, $0x6060606060606060)
FULL(·bytes112, $0x7070707070707070)
FULL(·bytes120, $0x7878787878787878)
FULL(·bytes124, $0x7c7c7c7c7c7c7c7c)
FULL(·bytes128, $0x8080808080808080)
FULL(·words1, $0x0001000100010001)
FULL(·upper16, $0xffff0000ffff0000)

FULL(·bits4low, $0x0804020108040201)
FULL(·bits4high, $0x8040201080402010)
FULL(·bits8, $0x8040201008040201)
FULL(·absolute, $0x7fffffff7fffffff)
FULL(·signs, $0x8000000080000000)

#define REPEAT(name, first, second) \
	DATA name+0(SB)/8, first; \
	DATA name+8(SB)/8, second; \
	DATA name+16(SB)/8, first; \
	DATA name+24(SB)/8, second; \
	DATA name+32(SB)/8, first; \
	DATA name+40(SB)/8, second; \
	DATA name+48(SB)/8, first; \
	DATA name+56(SB)/8, second; \
	GLOBL name(SB), RODATA|NOPTR, $64

// Where the fifth bits of Q5_0 and Q5_1 are: bytes 0 and 1 of a lane for the first
// 16 values, 2 and 3 for the others; byte 0, 1, 2, 3 of a word for its four values.
REPEAT(·fifthlow, $0x0000000000000000, $0x0101010101010101)
REPEAT(·fifthhigh, $0x0202020202020202, $0x0303030303030303)
REPEAT(·fifth0, $0x0404040400000000, $0x0c0c0c0c08080808)
REPEAT(·fifth1, $0x0505050501010101, $0x0d0d0d0d09090909)
REPEAT(·fifth2, $0x0606060602020202, $0x0e0e0e0e0a0a0a0a)
REPEAT(·fifth3, $0x0707070703030303, $0x0f0f0f0f0b0b0b0b)

// The values of IQ4_NL, and the same with a bias of 128.
REPEAT(·iq4nl, $0xf6eaddcfbfad9881, $0x7159453526190d01)
REPEAT(·iq4nl128, $0x766a5d4f3f2d1801, $0xf1d9c5b5a6998d81)

// What exp.h reads, 1/7! to 1/2!, and single numbers.
FULL(·taylor7, $0x39500d0139500d01)
FULL(·taylor6, $0x3ab60b613ab60b61)
FULL(·taylor5, $0x3c0888893c088889)
FULL(·taylor4, $0x3d2aaaab3d2aaaab)
FULL(·taylor3, $0x3e2aaaab3e2aaaab)
FULL(·taylor2, $0x3f0000003f000000)

#define NUMBER(name, bits) \
	DATA name(SB)/4, bits; \
	GLOBL name(SB), RODATA|NOPTR, $4

NUMBER(·lowest, $0xc2d20000)  // -105
NUMBER(·highest, $0x42b40000) // 90
NUMBER(·log2e, $0x3fb8aa3b)   // 1/ln 2
NUMBER(·ln2high, $0x3f318000) // 355/512
NUMBER(·ln2low, $0xb95e8083)  // ln 2 - 355/512
NUMBER(·one, $0x3f800000)
NUMBER(·f127, $0x42fe0000)

// unpacked is the order of words that undoes two packings of 256 bits.
DATA ·unpacked+0(SB)/8, $0x0000000400000000
DATA ·unpacked+8(SB)/8, $0x0000000500000001
DATA ·unpacked+16(SB)/8, $0x0000000600000002
DATA ·unpacked+24(SB)/8, $0x0000000700000003
GLOBL ·unpacked(SB), RODATA|NOPTR, $32

// tails is eight words of ones and eight of zeros.
DATA ·tails+0(SB)/8, $0xffffffffffffffff
DATA ·tails+8(SB)/8, $0xffffffffffffffff
DATA ·tails+16(SB)/8, $0xffffffffffffffff
DATA ·tails+24(SB)/8, $0xffffffffffffffff
DATA ·tails+32(SB)/8, $0
DATA ·tails+40(SB)/8, $0
DATA ·tails+48(SB)/8, $0
DATA ·tails+56(SB)/8, $0
GLOBL ·tails(SB), RODATA|NOPTR, $64

// lastwords is sixteen words of zeros and sixteen of ones.
DATA ·lastwords+0(SB)/8, $0x0000000000000000
DATA ·lastwords+8(SB)/8, $0x0000000000000000
DATA ·lastwords+16(SB)/8, $0x0000000000000000
DATA ·lastwords+24(SB)/8, $0x0000000000000000
DATA ·lastwords+32(SB)/8, $0x0000000000000000
DATA ·lastwords+40(SB)/8, $0x0000000000000000
DATA ·lastwords+48(SB)/8, $0x0000000000000000
DATA ·lastwords+56(SB)/8, $0x0000000000000000
DATA ·lastwords+64(SB)/8, $0xffffffffffffffff
DATA ·lastwords+72(SB)/8, $0xffffffffffffffff
DATA ·lastwords+80(SB)/8, $0xffffffffffffffff
DATA ·lastwords+88(SB)/8, $0xffffffffffffffff
DATA ·lastwords+96(SB)/8, $0xffffffffffffffff
DATA ·lastwords+104(SB)/8, $0xffffffffffffffff
DATA ·lastwords+112(SB)/8, $0xffffffffffffffff
DATA ·lastwords+120(SB)/8, $0xffffffffffffffff
GLOBL ·lastwords(SB), RODATA|NOPTR, $128

// lanes is the number of its lane for each of 16 words.
DATA ·lanes+0(SB)/8, $0x0101010100000000
DATA ·lanes+8(SB)/8, $0x0303030302020202
GLOBL ·lanes(SB), RODATA|NOPTR, $16

DATA ·lanes0213+0(SB)/8, $0x0202020200000000
DATA ·lanes0213+8(SB)/8, $0x0303030301010101
GLOBL ·lanes0213(SB), RODATA|NOPTR, $16

// The orders of bytes [row][group] that make them [group][row], for groups 0 and 1,
// and so on.
DATA ·order01+0(SB)/8, $0x0d0905010c080400
DATA ·order01+8(SB)/8, $0x8080808080808080
GLOBL ·order01(SB), RODATA|NOPTR, $16

DATA ·order23+0(SB)/8, $0x0f0b07030e0a0602
DATA ·order23+8(SB)/8, $0x8080808080808080
GLOBL ·order23(SB), RODATA|NOPTR, $16

DATA ·order0123+0(SB)/8, $0x0d0905010c080400
DATA ·order0123+8(SB)/8, $0x0f0b07030e0a0602
GLOBL ·order0123(SB), RODATA|NOPTR, $16

DATA ·order0213+0(SB)/8, $0x0e0a06020c080400
DATA ·order0213+8(SB)/8, $0x0f0b07030d090501
GLOBL ·order0213(SB), RODATA|NOPTR, $16
