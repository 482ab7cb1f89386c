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

FULL(·bytes15, $0x0f0f0f0f0f0f0f0f)
FULL(·bytes8, $0x0808080808080808)
FULL(·bytes24, $0x1818181818181818)
FULL(·bytes32, $0x2020202020202020)
FULL(·bytes120, $0x7878787878787878)
FULL(·bytes128, $0x8080808080808080)
FULL(·bytes1, $0x0101010101010101)
FULL(·words1, $0x0001000100010001)
FULL(·upper16, $0xffff0000ffff0000)

FULL(·absolute, $0x7fffffff7fffffff)
FULL(·signs, $0x8000000080000000)

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
