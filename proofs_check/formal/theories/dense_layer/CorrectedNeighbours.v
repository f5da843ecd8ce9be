(** * False neighbours of the bounds in place of Proposition 1 *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments Replacement TwoSides CorrectedBounds MomentNeighbours.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Smallest.
Variable R : rcfType.

(** n = 2, k = 1, W = I and the first unit vector e. *)
Let e : 'cV[R]_(dim 1) := delta_mx ord0 0.
Local Notation D := (all_draws 1 1%N).
Lemma range_two : (0 < 1 <= dim 1)%N. Proof. by []. Qed.

Lemma sq_unit : sq e = 1.
Proof. by rewrite /sq -ip_tr /ip trmxK trmx_delta mul_delta_mx trace_mx11 mxE eqxx. Qed.

Lemma norm_unit : operator_norm (1%:M : 'M[R]_(dim 1)) 1.
Proof.
split=> [|z|]; rewrite ?ler01 // ?expr1n ?mul1r ?mul1mx //.
by exists e; rewrite ?mul1mx ?expr1n sq_unit.
Qed.

Let other : 'I_(dim 1) := lift ord0 ord0.
Lemma ip_entries (y z : 'cV[R]_(dim 1)) : ip y z = y ord0 0 * z ord0 0 + y other 0 * z other 0.
Proof. by rewrite ipE !big_ord_recl !big_ord0 !addr0. Qed.

Lemma ip_unit (y : 'cV[R]_(dim 1)) : ip e y = y ord0 0.
Proof. by rewrite ip_entries !mxE /= mul1r mul0r addr0. Qed.

Lemma unit_entries (t : draw_of 1) : t \in D ->
  (gram R t *m e) ord0 0 = 1 /\ (gram R t *m e) other 0 ^+ 2 = 1.
Proof.
move=> tD; have first : (gram R t *m e) ord0 0 = 1.
  by rewrite /e -colE mxE (@gram_diagonal R 1 1 isT _ _ tD).
split=> //; have rows := transform_rows R range_two tD.
have : sq (gram R t *m e) = 2.
  have -> : gram R t *m e = (transform R t)^T *m (transform R t *m e) by rewrite mulmxA.
  rewrite {1}/sq ip_mull trmxK (mulmxA (transform R t)) rows mul_scalar_mx ipZr.
  by rewrite -/(sq _) sq_transform ip_unit first divr1 mulr1.
rewrite {1}/sq ip_entries first mulr1 -expr2 => /eqP; rewrite -(inj_eq (addrI (- 1))) addKr.
by move/eqP => ->; ring.
Qed.

(** An event that occurs in every draw. *)
Lemma chance_always (T : finType) (A : {set T}) (event : pred T) :
  (0 < #|A|)%N -> {in A, forall t, event t} -> chance R A event = 1.
Proof.
move=> A0 always; rewrite chance_mean (eq_mean (g := fun=> 1)) ?mean_const // => t tA.
by rewrite always.
Qed.

Lemma quarter : 9 * 4^-1 ^+ 2 < 1 :> R.
Proof.
rewrite exprVn -natrX ltr_pdivrMr ?ltr0n // mul1r.
by rewrite (ltr_nat R 9 16).
Qed.

(** (i) times eps^2 in place of divided by it. *)
Theorem not_one_sided_bound :
  ~ forall p k m (W : 'M[R]_(m, dim p)) (x : 'cV[R]_(dim p)) N eps,
    (0 < k <= dim p)%N -> operator_norm W N -> 0 < N -> sq x = 1 -> 0 < eps ->
    chance R (all_draws p k) (fun t =>
      eps ^+ 2 * N ^+ 2 < sq (W *m (gram R t *m x) - W *m x)) <=
    (sq W / N ^+ 2 + 1) / k%:R * eps ^+ 2.
Proof.
have q0 : 0 < 4^-1 :> R by rewrite invr_gt0 ltr0n.
move=> /(_ 1%N 1%N _ 1%:M e 1 4^-1 isT norm_unit ltr01 sq_unit q0).
rewrite chance_always ?(draws_gt0 range_two) // => [|t tD].
  have -> : sq (1%:M : 'M[R]_(dim 1)) = 2 by rewrite /sq /ip trmx1 mulmx1 mxtrace1.
  rewrite expr1n !divr1 => bad; suff : 1 < 1 :> R by rewrite ltxx.
  apply: le_lt_trans bad (le_lt_trans _ quarter); rewrite ler_wpM2r ?sqr_ge0 //.
  by rewrite -(natrD R 2 1) ler_nat.
have [a0 a1] := unit_entries tD.
rewrite !mul1mx expr1n mulr1 sqB sq_unit ipC ip_unit a0 /sq ip_entries a0 [1 * 1]mulr1 -expr2 a1.
rewrite (_ : _ - _ + _ = 1); last by ring.
by rewrite expr_lt1 ?invf_lt1 ?ltr0n // ?(ltr_nat R 1 4) // ltW.
Qed.

(** (ii) likewise. *)
Theorem not_bilinear_bound :
  ~ forall p1 p2 k (W : 'M[R]_(dim p2, dim p1)) (x : 'cV[R]_(dim p1)) (u : 'cV[R]_(dim p2)) N eps,
    (0 < k <= dim p1)%N -> (0 < k <= dim p2)%N -> operator_norm W N -> 0 < N ->
    sq x = 1 -> sq u = 1 -> 0 < eps ->
    chance R (setX (all_draws p1 k) (all_draws p2 k)) (fun t => eps ^+ 2 * N ^+ 2 <
      (ip u (replaced (transform R t.1) (transform R t.2) W *m x) - ip u (W *m x)) ^+ 2) <=
    (4 / k%:R + (3 + sq W / N ^+ 2) / k%:R ^+ 2) * eps ^+ 2.
Proof.
have q0 : 0 < 4^-1 :> R by rewrite invr_gt0 ltr0n.
move=> /(_ 1%N 1%N 1%N 1%:M e e 1 4^-1 isT isT norm_unit ltr01 sq_unit sq_unit q0).
have D0 : (0 < #|setX D D|)%N by rewrite cardsX muln_gt0 !(draws_gt0 range_two).
rewrite chance_always // => [|[t v]].
  have -> : sq (1%:M : 'M[R]_(dim 1)) = 2 by rewrite /sq /ip trmx1 mulmx1 mxtrace1.
  rewrite !expr1n !divr1 => bad; suff : 1 < 1 :> R by rewrite ltxx.
  apply: le_lt_trans bad (le_lt_trans _ quarter); rewrite ler_wpM2r ?sqr_ge0 //.
  by rewrite -!natrD ler_nat.
rewrite in_setX /= => /andP[tD vD]; have [a0 a1] := unit_entries tD.
have [b0 b1] := unit_entries vD.
have -> : replaced (transform R t) (transform R v) 1%:M *m e = gram R v *m (gram R t *m e).
  by rewrite /replaced mulmx1 /gram -!mulmxA.
have gram_sym : (gram R v)^T = gram R v by rewrite /gram trmx_mul trmxK.
have -> : ip e (gram R v *m (gram R t *m e)) - ip e (1%:M *m e) =
    (gram R v *m e) other 0 * (gram R t *m e) other 0.
  rewrite mul1mx -{1}gram_sym -ip_mull ip_entries a0 b0 (sq_unit : ip e e = 1).
  by move: ((_ *m e) other 0) ((_ *m e) other 0) => a b; ring.
rewrite exprMn a1 b1 expr1n !mulr1.
by rewrite expr_lt1 ?invf_lt1 ?ltr0n // ?(ltr_nat R 1 4) // ltW.
Qed.

(** (iii) with n2 in place of n2/(1 + eps^2): n1 = k1 = k2 = 1, n2 = 2, eps = 1 and W = e. *)
Theorem not_rows_needed :
  ~ forall p1 p2 k1 k2 (W : 'M[R]_(dim p2, dim p1)) N eps,
    (0 < k1 <= dim p1)%N -> (0 < k2 <= dim p2)%N -> operator_norm W N -> 0 < N ->
    (forall x : 'cV[R]_(dim p1), sq x = 1 ->
      mean (setX (all_draws p1 k1) (all_draws p2 k2)) (fun t =>
        sq (replaced (transform R t.1) (transform R t.2) W *m x - W *m x))
      <= eps ^+ 2 * N ^+ 2) ->
    (dim p2)%:R <= k2%:R :> R.
Proof.
have length (z : 'cV[R]_(dim 0)) : sq ((e : 'M[R]_(dim 1, dim 0)) *m z) = sq z.
  by rewrite (sq_rank1 (e : 'cV_(dim 1)) (z : 'rV_1)) sq_unit mul1r.
have norm : operator_norm (e : 'M[R]_(dim 1, dim 0)) 1.
  split=> [|z|]; rewrite ?ler01 ?length ?expr1n ?mul1r //.
  by exists 1%:M; rewrite ?length ?expr1n /sq /ip trmx1 mulmx1 mxtrace1.
move=> /(_ 0%N 1%N 1%N 1%N (e : 'M[R]_(dim 1, dim 0)) 1 1 isT isT norm ltr01).
rewrite (ler_nat R 2 1) => H; suff: false by []; apply: H => x x1.
rewrite two_sided_law // length x1 (eq_mean (g := fun=> 0)) => [|t tD]; last first.
  by rewrite gram_one // mul1mx subrr /sq ip0l.
rewrite mean_const ?(draws_gt0 (p := 0) (k := 1) isT) // mulr0 addr0 divr1 !mulr1 expr1n mulr1.
by rewrite (_ : (dim 1)%:R - 1 = 1 :> R) ?lexx // /dim natrD; ring.
Qed.
End Smallest.
