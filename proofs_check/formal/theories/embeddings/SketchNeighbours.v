(** * False neighbours of the theorems on Proposition 2 *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Sketch.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** U1 and U2 that are not orthogonal: all sizes and entries 1. *)
Theorem not_structural_lemma (R : realFieldType) :
  ~ forall n k r d l (U1 : 'M[R]_(n, k)) (U2 : 'M_(n, r)) (M1 : 'M_(k, d)) (M2 : 'M_(r, d))
      (J : 'M_(l, n)) (A : 'M_(k, l)),
    U1^T *m U1 = 1%:M -> A *m (J *m U1) = 1%:M ->
    let X := U1 *m M1 + U2 *m M2 in
    sq (X - U1 *m A *m J *m X) = sq (U2 *m M2) + sq (A *m J *m U2 *m M2).
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%N 1%:M 1%:M 1%:M 1%:M 1%:M 1%:M).
rewrite trmx1 !mul1mx => /(_ erefl erefl) /=.
rewrite !mul1mx subrr /sq ip0l /ip trmx1 mul1mx mxtrace1.
by move/eqP; rewrite eq_sym -natrD pnatr_eq0.
Qed.

(** Half of the draws in the place of a quarter. *)
Theorem not_sketch_succeeds_rarely (R : rcfType) : ~ exists S : {set row_draw 2},
  (forall w : row_draw 2, w \in S <-> sketch_succeeds 1 1 (row_sketch R w) (spike R)) /\
  (#|S| * 2 = #|{: row_draw 2}|)%N.
Proof.
case=> S [S_is half]; have [S' [S'_is quarter]] := sketch_succeeds_rarely R.
have SS' : S = S'.
  by apply/setP => w; apply/idP/idP => [/S_is/S'_is|/S'_is/S_is].
move: half; rewrite -quarter -SS' => /eqP; rewrite eqn_mul2l orbF cards_eq0 => /eqP S0.
by move: quarter; rewrite -SS' S0 cards0 card_prod card_ffun card_bool card_ord.
Qed.
