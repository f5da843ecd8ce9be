(** Names of MathComp 2 for lemmas on ordered fields that MathComp 1.15 calls otherwise.
    The other files use the names on the left. With MathComp 2 this file is empty. *)
From mathcomp Require Import all_ssreflect all_algebra.
Import Num.Theory Order.TotalTheory.

Notation lerDl := ler_addl (only parsing).
Notation lerD := ler_add (only parsing).
Notation lerD2l := ler_add2l (only parsing).
Notation lerB := ler_sub (only parsing).
Notation lerBrDl := ler_subr_addl (only parsing).
Notation ler_normB := ler_norm_sub (only parsing).
Notation ler_wpM2l := ler_wpmul2l (only parsing).
Notation ler_wpM2r := ler_wpmul2r (only parsing).
Notation ler_pM := ler_pmul (only parsing).
Notation ler_pM2l := ler_pmul2l (only parsing).
Notation ler_piMr := ler_pimulr (only parsing).
Notation ler_pdivlMr := ler_pdivl_mulr (only parsing).
Notation ler_pdivrMr := ler_pdivr_mulr (only parsing).
Notation ltr_pdivlMr := ltr_pdivl_mulr (only parsing).
Notation ltr_pdivrMr := ltr_pdivr_mulr (only parsing).
Notation ltr_wpDl := ltr_paddl (only parsing).
Notation ltr_wpDr := ltr_paddr (only parsing).
Notation ge_min := le_minl (only parsing).
Notation lt_min := lt_minr (only parsing).
Notation le_min := le_minr (only parsing).
Notation lerDr := ler_addr (only parsing).
Notation ltrD2l := ltr_add2l (only parsing).
Notation ltrN2 := ltr_opp2 (only parsing).
Notation lerN2 := ler_opp2 (only parsing).
Notation lerXn2r := ler_expn2r (only parsing).
Notation ler_eXnr := ler_eexpr (only parsing).
Notation ler_wpDl := ler_paddl (only parsing).
Notation ltr_pM2r := ltr_pmul2r (only parsing).
Notation le_max := le_maxr (only parsing).
Notation ler_pM2r := ler_pmul2r (only parsing).
Notation ler_peMl := ler_pemull (only parsing).
Notation ltr_leD := ltr_le_add (only parsing).
Notation lerBlDr := ler_subl_addr (only parsing).
Notation ltrBlDr := ltr_subl_addr (only parsing).
Notation ltr_pM2l := ltr_pmul2l (only parsing).
Notation ler_normD := ler_norm_add (only parsing).
Notation lerD2r := ler_add2r (only parsing).
