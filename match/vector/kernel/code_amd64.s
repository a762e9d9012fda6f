//go:build !purego

#include "textflag.h"

// func distancesAVX512(dist *uint16, q, codes *uint64, n, size int)
TEXT ·distancesAVX512(SB), NOSPLIT, $0-40
	MOVQ dist+0(FP), DI
	MOVQ q+8(FP), SI
	MOVQ codes+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ size+32(FP), DX
	CMPQ DX, $64
	JNE  one

	// Codes of one line, eight at a time. Eight words of each hold counts up to 64.
	VMOVDQU64 (SI), Z30

eight:
	CMPQ       CX, $8
	JLT        one
	PREFETCHT0 4096(R8)
	PREFETCHT0 4160(R8)
	PREFETCHT0 4224(R8)
	PREFETCHT0 4288(R8)
	PREFETCHT0 4352(R8)
	PREFETCHT0 4416(R8)
	PREFETCHT0 4480(R8)
	PREFETCHT0 4544(R8)
	VPXORQ     (R8), Z30, Z0
	VPXORQ     64(R8), Z30, Z1
	VPXORQ     128(R8), Z30, Z2
	VPXORQ     192(R8), Z30, Z3
	VPXORQ     256(R8), Z30, Z4
	VPXORQ     320(R8), Z30, Z5
	VPXORQ     384(R8), Z30, Z6
	VPXORQ     448(R8), Z30, Z7
	VPOPCNTQ   Z0, Z0
	VPOPCNTQ   Z1, Z1
	VPOPCNTQ   Z2, Z2
	VPOPCNTQ   Z3, Z3
	VPOPCNTQ   Z4, Z4
	VPOPCNTQ   Z5, Z5
	VPOPCNTQ   Z6, Z6
	VPOPCNTQ   Z7, Z7

	// Four codes share a word, a quarter each: their sums stay below 65,536.
	VPSLLQ $16, Z1, Z1
	VPSLLQ $32, Z2, Z2
	VPSLLQ $48, Z3, Z3
	VPSLLQ $16, Z5, Z5
	VPSLLQ $32, Z6, Z6
	VPSLLQ $48, Z7, Z7
	VPORQ  Z1, Z0, Z0
	VPORQ  Z3, Z2, Z2
	VPORQ  Z2, Z0, Z0
	VPORQ  Z5, Z4, Z4
	VPORQ  Z7, Z6, Z6
	VPORQ  Z6, Z4, Z4

	VPUNPCKLQDQ   Z4, Z0, Z1
	VPUNPCKHQDQ   Z4, Z0, Z2
	VPADDQ        Z2, Z1, Z1
	VEXTRACTI64X4 $1, Z1, Y2
	VPADDQ        Y2, Y1, Y1
	VEXTRACTI128  $1, Y1, X2
	VPADDQ        X2, X1, X1
	VMOVDQU       X1, (DI)
	ADDQ          $16, DI
	ADDQ          $512, R8
	SUBQ          $8, CX
	JMP           eight

one:
	TESTQ  CX, CX
	JZ     done
	VPXORQ Z0, Z0, Z0
	XORQ   BX, BX

lines:
	PREFETCHT0 4096(R8)
	VMOVDQU64  (SI)(BX*1), Z1
	VPXORQ     (R8), Z1, Z1
	VPOPCNTQ   Z1, Z1
	VPADDQ     Z1, Z0, Z0
	ADDQ       $64, R8
	ADDQ       $64, BX
	CMPQ       BX, DX
	JLT        lines

	VEXTRACTI64X4 $1, Z0, Y1
	VPADDQ        Y1, Y0, Y0
	VEXTRACTI128  $1, Y0, X1
	VPADDQ        X1, X0, X0
	VPSHUFD       $0x4E, X0, X1
	VPADDQ        X1, X0, X0
	VMOVD         X0, AX
	MOVW          AX, (DI)
	ADDQ          $2, DI
	DECQ          CX
	JMP           one

done:
	VZEROUPPER
	RET

// The number of bits in each half byte.
DATA ones<>+0(SB)/8, $0x0302020102010100
DATA ones<>+8(SB)/8, $0x0403030203020201
DATA ones<>+16(SB)/8, $0x0302020102010100
DATA ones<>+24(SB)/8, $0x0403030203020201
GLOBL ones<>(SB), RODATA|NOPTR, $32

// Counts the bits of in by bytes, at the cost of tmp.
#define COUNT256(in, tmp) \
	VPAND   Y14, in, tmp   \
	VPSRLW  $4, in, in     \
	VPAND   Y14, in, in    \
	VPSHUFB tmp, Y15, tmp  \
	VPSHUFB in, Y15, in    \
	VPADDB  tmp, in, in

// func distancesAVX2(dist *uint16, q, codes *uint64, n, size int)
TEXT ·distancesAVX2(SB), NOSPLIT, $0-40
	MOVQ         dist+0(FP), DI
	MOVQ         q+8(FP), SI
	MOVQ         codes+16(FP), R8
	MOVQ         n+24(FP), CX
	MOVQ         size+32(FP), DX
	VMOVDQU      ones<>(SB), Y15
	MOVL         $0x0F0F0F0F, AX
	VMOVD        AX, X14
	VPBROADCASTD X14, Y14
	VPXOR        Y13, Y13, Y13

one:
	TESTQ CX, CX
	JZ    done
	VPXOR Y0, Y0, Y0
	XORQ  BX, BX

lines:
	PREFETCHT0 4096(R8)
	VMOVDQU    (SI)(BX*1), Y1
	VMOVDQU    32(SI)(BX*1), Y2
	VPXOR      (R8), Y1, Y1
	VPXOR      32(R8), Y2, Y2
	COUNT256(Y1, Y3)
	COUNT256(Y2, Y4)
	VPADDB     Y2, Y1, Y1
	VPSADBW    Y13, Y1, Y1
	VPADDQ     Y1, Y0, Y0
	ADDQ       $64, R8
	ADDQ       $64, BX
	CMPQ       BX, DX
	JLT        lines

	VEXTRACTI128 $1, Y0, X1
	VPADDQ       X1, X0, X0
	VPSHUFD      $0x4E, X0, X1
	VPADDQ       X1, X0, X0
	VMOVD        X0, AX
	MOVW         AX, (DI)
	ADDQ         $2, DI
	DECQ         CX
	JMP          one

done:
	VZEROUPPER
	RET

// func withinAVX512(masks *uint64, dist *uint16, n int, limit uint16)
TEXT ·withinAVX512(SB), NOSPLIT, $0-26
	MOVQ         masks+0(FP), DI
	MOVQ         dist+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVWLZX      limit+24(FP), AX
	VPBROADCASTW AX, Z31

next:
	VMOVDQU16 (SI), Z0
	VMOVDQU16 64(SI), Z1
	VPCMPUW   $2, Z31, Z0, K1
	VPCMPUW   $2, Z31, Z1, K2
	KUNPCKDQ  K1, K2, K1
	KMOVQ     K1, (DI)
	ADDQ      $128, SI
	ADDQ      $8, DI
	DECQ      CX
	JNZ       next
	VZEROUPPER
	RET

// func withinAVX2(masks *uint64, dist *uint16, n int, limit uint16)
TEXT ·withinAVX2(SB), NOSPLIT, $0-26
	MOVQ         masks+0(FP), DI
	MOVQ         dist+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVWLZX      limit+24(FP), AX
	VMOVD        AX, X15
	VPBROADCASTW X15, Y15
	VPXOR        Y14, Y14, Y14

	// A distance less the limit, never below 0, is 0 where it is within.
next:
	VMOVDQU   (SI), Y0
	VMOVDQU   32(SI), Y1
	VMOVDQU   64(SI), Y2
	VMOVDQU   96(SI), Y3
	VPSUBUSW  Y15, Y0, Y0
	VPSUBUSW  Y15, Y1, Y1
	VPSUBUSW  Y15, Y2, Y2
	VPSUBUSW  Y15, Y3, Y3
	VPCMPEQW  Y14, Y0, Y0
	VPCMPEQW  Y14, Y1, Y1
	VPCMPEQW  Y14, Y2, Y2
	VPCMPEQW  Y14, Y3, Y3
	VPACKSSWB Y1, Y0, Y0
	VPACKSSWB Y3, Y2, Y2
	VPERMQ    $0xD8, Y0, Y0
	VPERMQ    $0xD8, Y2, Y2
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y2, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	MOVQ      AX, (DI)
	ADDQ      $128, SI
	ADDQ      $8, DI
	DECQ      CX
	JNZ       next
	VZEROUPPER
	RET
