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
FULL(·bytes24, $0x1818181818181818)
FULL(·bytes32, $0x2020202020202020)
FULL(·bytes120, $0x7878787878787878)
FULL(·bytes128, $0x8080808080808080)
FULL(·words1, $0x0001000100010001)
FULL(·upper16, $0xffff0000ffff0000)

// evens is 2i in each word of lane i.
DATA ·evens+0(SB)/8, $0
DATA ·evens+8(SB)/8, $0
DATA ·evens+16(SB)/8, $0x0000000200000002
DATA ·evens+24(SB)/8, $0x0000000200000002
DATA ·evens+32(SB)/8, $0x0000000400000004
DATA ·evens+40(SB)/8, $0x0000000400000004
DATA ·evens+48(SB)/8, $0x0000000600000006
DATA ·evens+56(SB)/8, $0x0000000600000006
GLOBL ·evens(SB), RODATA|NOPTR, $64

// firsts is the first word of each lane.
DATA ·firsts+0(SB)/8, $0x0000000400000000
DATA ·firsts+8(SB)/8, $0x0000000c00000008
GLOBL ·firsts(SB), RODATA|NOPTR, $16
