//go:build !purego

#include "textflag.h"

// A code is compared with three of the query's length, one after the other at SI: its bits, and the
// bits that count once and twice.

// func distancesAVX512(dist *uint16, q, codes *uint64, n, size int)
TEXT ·distancesAVX512(SB), NOSPLIT, $0-40
	MOVQ dist+0(FP), DI
	MOVQ q+8(FP), SI
	MOVQ codes+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ size+32(FP), DX
	LEAQ (SI)(DX*1), R9
	LEAQ (SI)(DX*2), R10
	CMPQ DX, $64
	JNE  one

	// Codes of one line, eight at a time.
	VMOVDQU64 (SI), Z29
	VMOVDQU64 (R9), Z30
	VMOVDQU64 (R10), Z31

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
	VMOVDQU64  (R8), Z0
	VMOVDQU64  64(R8), Z1
	VMOVDQU64  128(R8), Z2
	VMOVDQU64  192(R8), Z3
	VMOVDQU64  256(R8), Z4
	VMOVDQU64  320(R8), Z5
	VMOVDQU64  384(R8), Z6
	VMOVDQU64  448(R8), Z7
	VMOVDQA64  Z0, Z8
	VMOVDQA64  Z1, Z9
	VMOVDQA64  Z2, Z10
	VMOVDQA64  Z3, Z11
	VMOVDQA64  Z4, Z12
	VMOVDQA64  Z5, Z13
	VMOVDQA64  Z6, Z14
	VMOVDQA64  Z7, Z15

	// 0x28 is (code xor query) and mask.
	VPTERNLOGQ $0x28, Z30, Z29, Z0
	VPTERNLOGQ $0x28, Z30, Z29, Z1
	VPTERNLOGQ $0x28, Z30, Z29, Z2
	VPTERNLOGQ $0x28, Z30, Z29, Z3
	VPTERNLOGQ $0x28, Z30, Z29, Z4
	VPTERNLOGQ $0x28, Z30, Z29, Z5
	VPTERNLOGQ $0x28, Z30, Z29, Z6
	VPTERNLOGQ $0x28, Z30, Z29, Z7
	VPTERNLOGQ $0x28, Z31, Z29, Z8
	VPTERNLOGQ $0x28, Z31, Z29, Z9
	VPTERNLOGQ $0x28, Z31, Z29, Z10
	VPTERNLOGQ $0x28, Z31, Z29, Z11
	VPTERNLOGQ $0x28, Z31, Z29, Z12
	VPTERNLOGQ $0x28, Z31, Z29, Z13
	VPTERNLOGQ $0x28, Z31, Z29, Z14
	VPTERNLOGQ $0x28, Z31, Z29, Z15
	VPOPCNTQ   Z0, Z0
	VPOPCNTQ   Z1, Z1
	VPOPCNTQ   Z2, Z2
	VPOPCNTQ   Z3, Z3
	VPOPCNTQ   Z4, Z4
	VPOPCNTQ   Z5, Z5
	VPOPCNTQ   Z6, Z6
	VPOPCNTQ   Z7, Z7
	VPOPCNTQ   Z8, Z8
	VPOPCNTQ   Z9, Z9
	VPOPCNTQ   Z10, Z10
	VPOPCNTQ   Z11, Z11
	VPOPCNTQ   Z12, Z12
	VPOPCNTQ   Z13, Z13
	VPOPCNTQ   Z14, Z14
	VPOPCNTQ   Z15, Z15

	// Four codes share a word, a quarter each: their sums stay below 65,536. What counts twice moves a
	// place further.
	VPSLLQ $1, Z8, Z8
	VPSLLQ $16, Z1, Z1
	VPSLLQ $17, Z9, Z9
	VPSLLQ $32, Z2, Z2
	VPSLLQ $33, Z10, Z10
	VPSLLQ $48, Z3, Z3
	VPSLLQ $49, Z11, Z11
	VPSLLQ $1, Z12, Z12
	VPSLLQ $16, Z5, Z5
	VPSLLQ $17, Z13, Z13
	VPSLLQ $32, Z6, Z6
	VPSLLQ $33, Z14, Z14
	VPSLLQ $48, Z7, Z7
	VPSLLQ $49, Z15, Z15
	VPADDQ Z8, Z0, Z0
	VPADDQ Z9, Z1, Z1
	VPADDQ Z10, Z2, Z2
	VPADDQ Z11, Z3, Z3
	VPADDQ Z12, Z4, Z4
	VPADDQ Z13, Z5, Z5
	VPADDQ Z14, Z6, Z6
	VPADDQ Z15, Z7, Z7
	VPADDQ Z1, Z0, Z0
	VPADDQ Z3, Z2, Z2
	VPADDQ Z5, Z4, Z4
	VPADDQ Z7, Z6, Z6
	VPADDQ Z2, Z0, Z0
	VPADDQ Z6, Z4, Z4

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
	VPANDQ     (R9)(BX*1), Z1, Z2
	VPANDQ     (R10)(BX*1), Z1, Z1
	VPOPCNTQ   Z1, Z1
	VPOPCNTQ   Z2, Z2
	VPADDQ     Z1, Z1, Z1
	VPADDQ     Z2, Z0, Z0
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

// The count of 32 bytes of code at off in out, by bytes.
#define DIFFER256(off, out, twice, tmp) \
	VMOVDQU off(SI)(BX*1), twice         \
	VPXOR   off(R8), twice, twice        \
	VPAND   off(R9)(BX*1), twice, out    \
	VPAND   off(R10)(BX*1), twice, twice \
	COUNT256(out, tmp)                   \
	COUNT256(twice, tmp)                 \
	VPADDB  twice, out, out              \
	VPADDB  twice, out, out

// func distancesAVX2(dist *uint16, q, codes *uint64, n, size int)
TEXT ·distancesAVX2(SB), NOSPLIT, $0-40
	MOVQ         dist+0(FP), DI
	MOVQ         q+8(FP), SI
	MOVQ         codes+16(FP), R8
	MOVQ         n+24(FP), CX
	MOVQ         size+32(FP), DX
	LEAQ         (SI)(DX*1), R9
	LEAQ         (SI)(DX*2), R10
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
	DIFFER256(0, Y1, Y2, Y3)
	DIFFER256(32, Y4, Y5, Y6)
	VPADDB     Y4, Y1, Y1
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
