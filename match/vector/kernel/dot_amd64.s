//go:build !purego

#include "textflag.h"

// Four rows go at a time: R8 to R11 point to them, SI to the query, BX counts bytes of both, Z0 to
// Z3 (or Y0 to Y3) add up. Which values a lane holds does not matter before the end.

// VPDPBUSD multiplies unsigned by signed bytes. Z31 holds 0x80 in each byte, which makes a row's
// values unsigned and 128 too large; sums therefore begin with Z30, −128 times the query's values.
#define BEGIN512 \
	MOVL         $0x80808080, AX          \
	VPBROADCASTD AX, Z31                  \
	VPXORD       Z30, Z30, Z30            \
	XORQ         BX, BX                   \
offset:                                   \
	VPDPBUSD     (SI)(BX*1), Z31, Z30     \
	ADDQ         $64, BX                  \
	CMPQ         BX, DX                   \
	JLT          offset                   \
	VPXORD       Z0, Z0, Z0               \
	VPSUBD       Z30, Z0, Z30

#define MULTIPLY512 \
	VMOVDQU32 (SI)(BX*1), Z4       \
	VPXORD    (R8)(BX*1), Z31, Z5  \
	VPXORD    (R9)(BX*1), Z31, Z6  \
	VPXORD    (R10)(BX*1), Z31, Z7 \
	VPXORD    (R11)(BX*1), Z31, Z8 \
	VPDPBUSD  Z4, Z5, Z0           \
	VPDPBUSD  Z4, Z6, Z1           \
	VPDPBUSD  Z4, Z7, Z2           \
	VPDPBUSD  Z4, Z8, Z3

#define CLEAR512 \
	VMOVDQA32 Z30, Z0 \
	VMOVDQA32 Z30, Z1 \
	VMOVDQA32 Z30, Z2 \
	VMOVDQA32 Z30, Z3 \
	XORQ      BX, BX

// The sums of Z0 to Z3 side by side in X5.
#define GATHER512 \
	VPUNPCKLDQ     Z1, Z0, Z4   \
	VPUNPCKHDQ     Z1, Z0, Z5   \
	VPADDD         Z4, Z5, Z4   \
	VPUNPCKLDQ     Z3, Z2, Z6   \
	VPUNPCKHDQ     Z3, Z2, Z7   \
	VPADDD         Z6, Z7, Z6   \
	VPUNPCKLQDQ    Z6, Z4, Z5   \
	VPUNPCKHQDQ    Z6, Z4, Z7   \
	VPADDD         Z5, Z7, Z5   \
	VEXTRACTI64X4  $1, Z5, Y6   \
	VPADDD         Y6, Y5, Y5   \
	VEXTRACTI128   $1, Y5, X6   \
	VPADDD         X6, X5, X5

// func dotsAVX512(out *int32, q, rows *int8, n, size, stride int)
TEXT ·dotsAVX512(SB), NOSPLIT, $0-48
	MOVQ         out+0(FP), DI
	MOVQ         q+8(FP), SI
	MOVQ         rows+16(FP), R8
	MOVQ         n+24(FP), CX
	MOVQ         size+32(FP), DX
	MOVQ         stride+40(FP), R12
	BEGIN512

four:
	CMPQ CX, $4
	JLT  rest
	LEAQ (R8)(R12*1), R9
	LEAQ (R8)(R12*2), R10
	LEAQ (R9)(R12*2), R11
	CLEAR512

fourBlocks:
	// What comes two rounds later; beyond the end this does nothing.
	PREFETCHT0 4096(R8)(BX*1)
	PREFETCHT0 4096(R9)(BX*1)
	PREFETCHT0 4096(R10)(BX*1)
	PREFETCHT0 4096(R11)(BX*1)
	MULTIPLY512
	ADDQ       $64, BX
	CMPQ       BX, DX
	JLT        fourBlocks
	GATHER512
	VMOVDQU    X5, (DI)
	ADDQ       $16, DI
	LEAQ       (R8)(R12*4), R8
	SUBQ       $4, CX
	JMP        four

rest:
	TESTQ CX, CX
	JZ    done
	CLEAR512

restBlocks:
	VPXORD     (R8)(BX*1), Z31, Z5
	VMOVDQU32  (SI)(BX*1), Z4
	VPDPBUSD   Z4, Z5, Z0
	ADDQ       $64, BX
	CMPQ       BX, DX
	JLT        restBlocks
	GATHER512
	VMOVD      X5, (DI)
	ADDQ       $4, DI
	ADDQ       R12, R8
	DECQ       CX
	JMP        rest

done:
	VZEROUPPER
	RET

// func dotsAtAVX512(out *int32, q *int8, rows *[]int8, n, size int)
TEXT ·dotsAtAVX512(SB), NOSPLIT, $8-40
	MOVQ         out+0(FP), DI
	MOVQ         q+8(FP), SI
	MOVQ         rows+16(FP), R13
	MOVQ         n+24(FP), CX
	MOVQ         size+32(FP), DX
	MOVQ         DX, end-8(SP)
	BEGIN512

four:
	CMPQ CX, $4
	JLT  rest
	MOVQ (R13), R8
	MOVQ 24(R13), R9
	MOVQ 48(R13), R10
	MOVQ 72(R13), R11

	// The rows of the round after the next, as long as there is one: no memory speed without.
	MOVQ    R13, R14
	LEAQ    192(R13), AX
	CMPQ    CX, $12
	CMOVQGE AX, R14
	MOVQ    (R14), AX
	MOVQ    24(R14), DX
	MOVQ    48(R14), R12
	MOVQ    72(R14), R14
	CLEAR512

fourBlocks:
	PREFETCHT0 (AX)(BX*1)
	PREFETCHT0 (DX)(BX*1)
	PREFETCHT0 (R12)(BX*1)
	PREFETCHT0 (R14)(BX*1)
	MULTIPLY512
	ADDQ       $64, BX
	CMPQ       BX, end-8(SP)
	JLT        fourBlocks
	GATHER512
	VMOVDQU    X5, (DI)
	ADDQ       $16, DI
	ADDQ       $96, R13
	SUBQ       $4, CX
	JMP        four

rest:
	TESTQ CX, CX
	JZ    done
	MOVQ  (R13), R8
	CLEAR512

restBlocks:
	VPXORD     (R8)(BX*1), Z31, Z5
	VMOVDQU32  (SI)(BX*1), Z4
	VPDPBUSD   Z4, Z5, Z0
	ADDQ       $64, BX
	CMPQ       BX, end-8(SP)
	JLT        restBlocks
	GATHER512
	VMOVD      X5, (DI)
	ADDQ       $4, DI
	ADDQ       $24, R13
	DECQ       CX
	JMP        rest

done:
	VZEROUPPER
	RET

// Sixteen values of each row become words, whose products are added in pairs. Bytes multiplied as
// they are would overflow at −128.
#define MULTIPLY256 \
	VPMOVSXBW (SI)(BX*1), Y4  \
	VPMOVSXBW (R8)(BX*1), Y5  \
	VPMOVSXBW (R9)(BX*1), Y6  \
	VPMOVSXBW (R10)(BX*1), Y7 \
	VPMOVSXBW (R11)(BX*1), Y8 \
	VPMADDWD  Y4, Y5, Y5      \
	VPMADDWD  Y4, Y6, Y6      \
	VPMADDWD  Y4, Y7, Y7      \
	VPMADDWD  Y4, Y8, Y8      \
	VPADDD    Y5, Y0, Y0      \
	VPADDD    Y6, Y1, Y1      \
	VPADDD    Y7, Y2, Y2      \
	VPADDD    Y8, Y3, Y3

#define CLEAR256 \
	VPXOR Y0, Y0, Y0 \
	VPXOR Y1, Y1, Y1 \
	VPXOR Y2, Y2, Y2 \
	VPXOR Y3, Y3, Y3 \
	XORQ  BX, BX

// The sums of Y0 to Y3 side by side in X4.
#define GATHER256 \
	VPHADDD      Y1, Y0, Y4 \
	VPHADDD      Y3, Y2, Y5 \
	VPHADDD      Y5, Y4, Y4 \
	VEXTRACTI128 $1, Y4, X5 \
	VPADDD       X5, X4, X4

// func dotsAVX2(out *int32, q, rows *int8, n, size, stride int)
TEXT ·dotsAVX2(SB), NOSPLIT, $0-48
	MOVQ out+0(FP), DI
	MOVQ q+8(FP), SI
	MOVQ rows+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ size+32(FP), DX
	MOVQ stride+40(FP), R12

four:
	CMPQ CX, $4
	JLT  rest
	LEAQ (R8)(R12*1), R9
	LEAQ (R8)(R12*2), R10
	LEAQ (R9)(R12*2), R11
	CLEAR256

fourBlocks:
	PREFETCHT0 4096(R8)(BX*1)
	PREFETCHT0 4096(R9)(BX*1)
	PREFETCHT0 4096(R10)(BX*1)
	PREFETCHT0 4096(R11)(BX*1)
	MULTIPLY256
	ADDQ       $16, BX
	MULTIPLY256
	ADDQ       $16, BX
	MULTIPLY256
	ADDQ       $16, BX
	MULTIPLY256
	ADDQ       $16, BX
	CMPQ       BX, DX
	JLT        fourBlocks
	GATHER256
	VMOVDQU    X4, (DI)
	ADDQ       $16, DI
	LEAQ       (R8)(R12*4), R8
	SUBQ       $4, CX
	JMP        four

rest:
	TESTQ CX, CX
	JZ    done
	CLEAR256

restBlocks:
	VPMOVSXBW (SI)(BX*1), Y4
	VPMOVSXBW (R8)(BX*1), Y5
	VPMADDWD  Y4, Y5, Y5
	VPADDD    Y5, Y0, Y0
	ADDQ      $16, BX
	CMPQ      BX, DX
	JLT       restBlocks
	GATHER256
	VMOVD     X4, (DI)
	ADDQ      $4, DI
	ADDQ      R12, R8
	DECQ      CX
	JMP       rest

done:
	VZEROUPPER
	RET

// func dotsAtAVX2(out *int32, q *int8, rows *[]int8, n, size int)
TEXT ·dotsAtAVX2(SB), NOSPLIT, $8-40
	MOVQ out+0(FP), DI
	MOVQ q+8(FP), SI
	MOVQ rows+16(FP), R13
	MOVQ n+24(FP), CX
	MOVQ size+32(FP), DX
	MOVQ DX, end-8(SP)

four:
	CMPQ    CX, $4
	JLT     rest
	MOVQ    (R13), R8
	MOVQ    24(R13), R9
	MOVQ    48(R13), R10
	MOVQ    72(R13), R11
	MOVQ    R13, R14
	LEAQ    192(R13), AX
	CMPQ    CX, $12
	CMOVQGE AX, R14
	MOVQ    (R14), AX
	MOVQ    24(R14), DX
	MOVQ    48(R14), R12
	MOVQ    72(R14), R14
	CLEAR256

fourBlocks:
	PREFETCHT0 (AX)(BX*1)
	PREFETCHT0 (DX)(BX*1)
	PREFETCHT0 (R12)(BX*1)
	PREFETCHT0 (R14)(BX*1)
	MULTIPLY256
	ADDQ       $16, BX
	MULTIPLY256
	ADDQ       $16, BX
	MULTIPLY256
	ADDQ       $16, BX
	MULTIPLY256
	ADDQ       $16, BX
	CMPQ       BX, end-8(SP)
	JLT        fourBlocks
	GATHER256
	VMOVDQU    X4, (DI)
	ADDQ       $16, DI
	ADDQ       $96, R13
	SUBQ       $4, CX
	JMP        four

rest:
	TESTQ CX, CX
	JZ    done
	MOVQ  (R13), R8
	CLEAR256

restBlocks:
	VPMOVSXBW (SI)(BX*1), Y4
	VPMOVSXBW (R8)(BX*1), Y5
	VPMADDWD  Y4, Y5, Y5
	VPADDD    Y5, Y0, Y0
	ADDQ      $16, BX
	CMPQ      BX, end-8(SP)
	JLT       restBlocks
	GATHER256
	VMOVD     X4, (DI)
	ADDQ      $4, DI
	ADDQ      $24, R13
	DECQ      CX
	JMP       rest

done:
	VZEROUPPER
	RET
