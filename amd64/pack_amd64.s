#include "textflag.h"

#define Q DI // the row's place in the tile: values,
#define SCALE SI // scales,
#define SUM DX // sums,
#define SUM16 CX // sums of half groups,
#define START R8 // where sums of products start
#define START16 R9
#define FROMQ R10 // the row
#define FROMSCALE R11
#define FROMSUM R12
#define FROMSUM16 R13
#define GROUPS BX // to go
#define STEP R14 // bytes between a row's words in the tile
#define T AX

// func PackRow(q *int8, scale, sum, sum16 *float32, start, start16 *int32, fromQ *int8, fromScale, fromSum, fromSum16 *float32, groups, rows, bias int)
TEXT ·PackRow(SB), NOSPLIT, $0-104
	MOVQ         q+0(FP), Q
	MOVQ         scale+8(FP), SCALE
	MOVQ         sum+16(FP), SUM
	MOVQ         sum16+24(FP), SUM16
	MOVQ         start+32(FP), START
	MOVQ         start16+40(FP), START16
	MOVQ         fromQ+48(FP), FROMQ
	MOVQ         fromScale+56(FP), FROMSCALE
	MOVQ         fromSum+64(FP), FROMSUM
	MOVQ         fromSum16+72(FP), FROMSUM16
	MOVQ         groups+80(FP), GROUPS
	MOVQ         rows+88(FP), STEP
	SHLQ         $2, STEP
	MOVQ         bias+96(FP), T
	VMOVD        T, X3
	VPBROADCASTB X3, Y3
	VMOVDQU      ·words1(SB), Y4
	VPXOR        Y5, Y5, Y5

group:
	VMOVDQU (FROMQ), Y0
	VMOVDQU Y0, (Q)

	// Minus the bias times the values, half of them in a lane.
	VPMADDUBSW   Y0, Y3, Y0
	VPMADDWD     Y4, Y0, Y0
	VPSUBD       Y0, Y5, Y0
	VPHADDD      Y0, Y0, Y0
	VPHADDD      Y0, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X2
	VMOVD        X0, (START16)
	VMOVD        X1, (START16)(STEP*1)
	VMOVD        X2, (START)

	MOVL (FROMSCALE), T
	MOVL T, (SCALE)
	MOVL (FROMSUM), T
	MOVL T, (SUM)
	MOVL (FROMSUM16), T
	MOVL T, (SUM16)
	MOVL 4(FROMSUM16), T
	MOVL T, (SUM16)(STEP*1)

	ADDQ $32, FROMQ
	ADDQ $4, FROMSCALE
	ADDQ $4, FROMSUM
	ADDQ $8, FROMSUM16
	LEAQ (Q)(STEP*8), Q
	ADDQ STEP, SCALE
	ADDQ STEP, SUM
	LEAQ (SUM16)(STEP*2), SUM16
	ADDQ STEP, START
	LEAQ (START16)(STEP*2), START16
	DECQ GROUPS
	JNZ  group
	VZEROUPPER
	RET
