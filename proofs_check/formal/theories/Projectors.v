(** * Normal equations, orthogonal projectors and small steps *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Projectors.
Variable R : realFieldType.

(** ** The normal equations Z (X X^T) = Y X^T always have a solution

    It takes the place of Y X^T times the inverse of X X^T. *)
Lemma normal_eq m l d (X : 'M[R]_(l, d)) (Y : 'M_(m, d)) :
  exists Z, Z *m (X *m X^T) = Y *m X^T.
Proof.
suff /submxP[Z ->] : (Y *m X^T <= X *m X^T)%MS by exists Z.
rewrite submxE -mulmxA; set C := cokermx _.
suff -> : X^T *m C = 0 by rewrite mulmx0.
by apply/eqP; rewrite -sq_eq0 /sq ip_mull trmxK mulmxA mulmx_coker ip0r.
Qed.

(** M X X^T = 0 gives M X = 0, as |M X|^2 = <M X X^T, M>. *)
Lemma mulXT_eq0 m l d (M : 'M[R]_(m, l)) (X : 'M_(l, d)) :
  M *m X *m X^T = 0 -> M *m X = 0.
Proof. by move=> h; apply/eqP; rewrite -sq_eq0 /sq ip_mulr h ip0r. Qed.

(** ** The orthogonal projector P = T C^T onto the column space of C, and its trace *)
Lemma projector m k (C : 'M[R]_(m, k)) :
  exists2 T, C *m T^T = T *m C^T &
  let P := T *m C^T in [/\ P^T = P, P *m P = P & P *m C = C].
Proof.
have [T] := normal_eq C^T 1%:M; rewrite !trmxK mul1mx => TC.
pose P := T *m C^T.
have PC : P *m C = C by rewrite -mulmxA.
have PPT : P *m P^T = P^T by rewrite trmx_mul trmxK mulmxA PC.
have PT : P^T = P by have := congr1 trmx PPT; rewrite trmx_mul trmxK PPT.
exists T; first by rewrite -[RHS]/P -PT trmx_mul trmxK.
by rewrite -/P /=; split; rewrite // -{2}PT PPT PT.
Qed.

(** If C has a left inverse, the trace is the number of its columns. *)
Lemma projector_tr m k (C : 'M[R]_(m, k)) (L : 'M_(k, m)) T :
  L *m C = 1%:M -> T *m C^T *m C = C -> \tr (T *m C^T) = k%:R.
Proof.
move=> LC TC; rewrite mxtrace_mulC.
have inv : (L *m T) *m (C^T *m C) = 1%:M by rewrite -mulmxA (mulmxA T) TC.
have inv' := mulmx1C inv.
have -> : C^T *m T = C^T *m (T *m C^T *m C) *m (L *m T).
  by rewrite -[LHS]mulmx1 -inv' !mulmxA.
by rewrite TC inv' mxtrace1.
Qed.

(** |M|^2 is the sum over columns, or over rows. *)
Lemma sq_cols m n (M : 'M[R]_(m, n)) : sq M = \sum_j sq (col j M).
Proof.
rewrite /sq ipE exchange_big /=; apply: eq_bigr => j _; rewrite ipE.
by apply: eq_bigr => i _; rewrite big_ord1 !mxE.
Qed.

Lemma sq_rows m n (M : 'M[R]_(m, n)) : sq M = \sum_i sq (row i M).
Proof. by rewrite -sq_tr sq_cols; apply: eq_bigr => i _; rewrite -tr_row sq_tr. Qed.

(** ** Pythagoras *)
Section Projector.
Variables (m n : nat) (P : 'M[R]_m).
Hypotheses (PT : P^T = P) (PP : P *m P = P).
Lemma proj_cross (M M' : 'M_(m, n)) : <[M - P *m M, P *m M']> = 0.
Proof. by rewrite ipC ip_mull PT mulmxBr mulmxA PP subrr ip0r. Qed.
Lemma proj_sq (M : 'M_(m, n)) : sq (P *m M) = <[M, P *m M]>.
Proof. by rewrite /sq ip_mull PT mulmxA PP. Qed.
Lemma proj_pyth (M : 'M_(m, n)) : sq (M - P *m M) = sq M - sq (P *m M).
Proof.
rewrite sqB -proj_sq; move: (sq M) (sq _) => a b; ring.
Qed.
End Projector.

(** ** Small steps *)
Lemma near_refl m n e (A : 'M[R]_(m, n)) : 0 <= e -> near e A A.
Proof. by move=> e0 i j; rewrite subrr normr0. Qed.

(** From a point near A a small enough step along M stays near A. *)
Lemma near_add m n e (A M : 'M[R]_(m, n)) : 0 < e ->
  exists2 h, 0 < h & forall B t, `|t| <= h -> near e A B -> near (e + e) A (B + t *: M).
Proof.
move=> e0; pose K := 1 + \sum_i \sum_j `|M i j|.
have K0 : 0 < K by rewrite ltr_wpDr ?ltr01 //; do 2!apply: sumr_ge0 => ? _.
exists (e / K) => [|B t th nAB i j]; first by rewrite divr_gt0.
rewrite !mxE opprD addrA (le_trans (ler_normB _ _)) // lerD //.
rewrite normrM -[e](divfK (lt0r_neq0 K0)) ler_pM //.
rewrite /K (bigD1 i) //= (bigD1 j) //= addrC -!addrA lerDl addr_ge0 //.
  exact: sumr_ge0.
by rewrite addr_ge0 //; do 2!apply: sumr_ge0 => ? _.
Qed.

(** a + t b is negative with a, for some small t > 0. *)
Lemma neg_small (a b h : R) : 0 < h -> a < 0 ->
  exists2 t, 0 < t <= h & a + t * b < 0.
Proof.
move=> h0 a0; pose K := 2 * (`|b| + 1).
have b1 : 0 < `|b| + 1 by rewrite ltr_wpDl.
have K0 : 0 < K by rewrite mulr_gt0 ?ltr0n.
exists (Num.min h (- a / K)).
  by rewrite ge_min lexx lt_min h0 divr_gt0 ?oppr_gt0.
set t := Num.min _ _.
have t0 : 0 <= t by rewrite le_min ltW // divr_ge0 ?ltW ?oppr_gt0.
have tb : t * b <= - a / 2.
  apply: (@le_trans _ _ (t * (`|b| + 1))).
    by rewrite ler_wpM2l // (le_trans (ler_norm _)) // lerDl.
  apply: (@le_trans _ _ (- a / K * (`|b| + 1))).
    by rewrite ler_wpM2r ?(ltW b1) // /t ge_min lexx orbT.
  by rewrite /K invfM mulrA mulfVK // gt_eqF.
apply: (le_lt_trans (lerD (lexx a) tb)).
rewrite -{1}[a](divfK (_ : 2 != 0)) ?pnatr_eq0 // mulr_natr mulr2n mulNr addrK.
by rewrite pmulr_llt0 // invr_gt0 ltr0n.
Qed.
End Projectors.
