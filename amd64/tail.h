// TAIL loads the mask of the first n of eight floats, n from 1 to 7, for the end
// of a row whose length is no multiple of eight. Changes n and table.
#define TAIL(n, table, mask) \
	LEAQ    ·tails+32(SB), table; \
	SHLQ    $2, n; \
	SUBQ    n, table; \
	VMOVDQU (table), mask
