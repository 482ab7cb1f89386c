// Where the fifth bits of 32 values are, in 4 bytes: the byte of each of the
// first 16 values, of the others, and the bit in it.
DATA fifthBits<>+0(SB)/8, $0x0000000000000000
DATA fifthBits<>+8(SB)/8, $0x0101010101010101
DATA fifthBits<>+16(SB)/8, $0x0202020202020202
DATA fifthBits<>+24(SB)/8, $0x0303030303030303
DATA fifthBits<>+32(SB)/8, $0x8040201008040201
DATA fifthBits<>+40(SB)/8, $0x8040201008040201
GLOBL fifthBits<>(SB), RODATA|NOPTR, $48

