// SwiGLU of n floats.
	MOVQ gate+0(FP), G
	MOVQ up+8(FP), U
	MOVQ n+16(FP), N
	EXPCONSTANTS
	SUBQ $WORDS, N
	JB   end

turn:
	VMOVUPS (G), V0
	VMOVUPS (U), V1
	GATE
	VMOVUPS V0, (G)
	ADDQ    $(4*WORDS), G
	ADDQ    $(4*WORDS), U
	SUBQ    $WORDS, N
	JAE     turn

end:
	ADDQ $WORDS, N
	JZ   done
	ENDOF(N, T)
	LOADEND((G), V0)
	LOADEND((U), V1)
	GATE
	STOREEND(V0, (G))

done:
	VZEROUPPER
	RET
