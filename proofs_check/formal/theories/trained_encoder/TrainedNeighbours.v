(** * False neighbours of the theorems on a trained butterfly *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors SpuriousGain.
From Butterfly Require Import Submersions SpuriousWeights Neighbours.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section TrainedNeighbours.
Variable R : realFieldType.
Local Notation one := (1%:M : 'M[R]_1).
Local Notation none := (fun=> 0 : 'M[R]_(1, 2)).

Lemma no_layers (w : nat -> 'M[R]_(1, 2)) : truncated 0 (@id 'I_1) w = 1%:M.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

Lemma free_alone (E : 'M[R]_1) w : moves_freely 0 (@id 'I_1) E w.
Proof.
move=> N; exists N, w, 0; rewrite no_layers mulmx1 mul0mx addr0.
rewrite (_ : truncated_slope _ _ _ _ = 0) ?mulmx0 ?addr0 //.
by apply/matrixP => i j; rewrite !mxE.
Qed.

(** Without the condition that the row space moves freely: the spurious minimum, n = 4. *)
Theorem not_free_minimum_global :
  ~ forall m k l n p d (kept : 'I_l -> 'I_n) (X : 'M[R]_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)) (w : nat -> 'M_(n, 2)),
    joint_local_min p kept X Y D E w -> forall (D' : 'M_(m, k)) (W' : 'M_(k, n)),
    loss (truncated p kept w) X Y D E <= loss 1%:M X Y D' W'.
Proof.
move=> bad; have [w [D [E best]]] := (joint_least_loss R).2.
have [minimal value] := spurious_in_all_weights R.
have := bad _ _ _ _ _ _ _ _ _ _ _ _ minimal D (E *m truncated 2 sibling_outputs w).
rewrite value (_ : loss _ _ _ D _ = 2); last by rewrite -best /loss mulmx1 mulmxA.
rewrite leNgt -subr_gt0 (_ : _ - _ = 11 / 5); last by field.
by rewrite divr_gt0 ?ltr0n.
Qed.

(** The spurious minimum is not the least loss. *)
Theorem not_spurious_in_all_weights :
  ~ forall w (D : 'M[R]_(4, 2)) (E : 'M_2),
    loss (truncated 2 sibling_outputs (stuck_weights R)) (example R) (example R)
      (stuck_decoder R) (stuck_encoder R) <=
    loss (truncated 2 sibling_outputs w) (example R) (example R) D E.
Proof.
move=> bad; have [w [D [E best]]] := (joint_least_loss R).2.
have [_ value] := spurious_in_all_weights R; have := bad w D E.
rewrite value best leNgt -subr_gt0 (_ : _ - _ = 11 / 5); last by field.
by rewrite divr_gt0 ?ltr0n.
Qed.

(** So the row space does not move freely there. It does for a single output, n = 2. *)
Theorem stuck_not_free :
  ~ moves_freely 2 sibling_outputs (stuck_encoder R) (stuck_weights R).
Proof.
have [w [D [E best]]] := (joint_least_loss R).2.
have [minimal value] := spurious_in_all_weights R.
move/(free_minimum_global minimal)/(_ D (E *m truncated 2 sibling_outputs w)).
rewrite value (_ : loss _ _ _ D _ = 2); last by rewrite -best /loss mulmx1 mulmxA.
rewrite leNgt -subr_gt0 (_ : _ - _ = 11 / 5); last by field.
by rewrite divr_gt0 ?ltr0n.
Qed.

Theorem single_output_free (e : R) (w : nat -> 'M[R]_2) :
  e != 0 -> moves_freely 1 (fun=> 0 : 'I_2) (e%:M : 'M_1) w.
Proof.
move=> e0 N; exists 0, (fun=> \matrix_(r, c) (e^-1 * N 0 c)), 0.
rewrite !mul0mx add0r addr0 mul_scalar_mx; apply/matrixP => i j; rewrite ord1.
rewrite /truncated_slope /= mulmx1 mulmx0 addr0 !mxE.
by case: j => [[|[|//]] hj]; rewrite /= !mulr1n !mulr0n ?addr0 ?add0r mulrA divff // mul1r;
  congr (N _ _); apply/val_inj.
Qed.

(** A critical point in the place of a local minimum: all sizes 1, no layer, D = E = 0. *)
Theorem not_free_critical_global :
  ~ forall m k l n p d (kept : 'I_l -> 'I_n) (X : 'M[R]_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)) (w : nat -> 'M_(n, 2)),
    critical (truncated p kept w) X Y D E -> moves_freely p kept E w ->
    forall (D' : 'M_(m, k)) (W' : 'M_(k, n)),
    loss (truncated p kept w) X Y D E <= loss 1%:M X Y D' W'.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 0%N 1%N id one one 0 0 none) bad.
have crit : critical (truncated 0 id none) one one (0 : 'M_1) (0 : 'M_1).
  by split; rewrite /gradient_D /gradient_E !(mul0mx, trmx0) ?mulmx0 ?mul0mx scaler0.
have := bad crit (free_alone _ _) one one; rewrite /loss !mulmx1 !mul0mx sub0r sqN subrr sq_one.
by rewrite /sq ip0l lern0.
Qed.

(** k - 1 in the place of k: all sizes and entries 1, no layer. *)
Theorem not_free_minimum_value :
  ~ forall m k l n p d (kept : 'I_l -> 'I_n) (X : 'M[R]_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)) (w : nat -> 'M_(n, 2)) (U : 'M_m) (s : 'rV_m),
    joint_local_min p kept X Y D E w -> moves_freely p kept E w -> X *m X^T \in unitmx ->
    eigenbasis (signal 1%:M X Y) U s -> (forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i) ->
    loss (truncated p kept w) X Y D E = \tr (Y *m Y^T) - \sum_(i < m | (i < k.-1)%N) s 0 i.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 0%N 1%N id one one one one none one (const_mx 1)) bad.
have zero : loss (truncated 0 id none) one one one one = 0.
  by rewrite /loss no_layers !mulmx1 subrr /sq ip0l.
have minimal : joint_local_min 0 id one one one one none.
  by exists 1 => [|D E w _ _ _]; rewrite ?ltr01 // zero sq_ge0.
have unit : one *m one^T \in unitmx by rewrite trmx1 mulmx1 unitmx1.
have basis : eigenbasis (signal one one one) one (const_mx 1).
  rewrite /signal !(mulmx1, trmx1) invmx1 !mulmx1; split; rewrite ?trmx1 ?mulmx1 // mul1mx.
  by apply/matrixP => i j; rewrite !mxE !ord1.
have := bad minimal (free_alone _ _) unit basis; rewrite zero trmx1 mulmx1 mxtrace1 big1 // subr0.
have sorted (i j : 'I_1) : (i <= j)%N -> (const_mx 1 : 'rV[R]_1) 0 j <= (const_mx 1 : 'rV[R]_1) 0 i.
  by rewrite !mxE.
by move=> /(_ sorted)/eqP; rewrite eq_sym oner_eq0.
Qed.

(** Without the condition 11 u_1^2 < 9 u_0^2: the weights of the least loss, u = (1, 3). *)
Theorem not_spurious_below :
  ~ forall (w : nat -> 'M[R]_(4, 2)) (D : 'M_(4, 2)) (E : 'M_2),
    w 0%N (inord 2) 1 != 0 ->
    21 / 5 <= loss (truncated 2 sibling_outputs w) (example R) (example R) D E.
Proof.
move=> bad; have [_ [_ [[D [E low]] _]]] := spurious_losses R.
pose w i : 'M[R]_(4, 2) := if i is 0%N then of_rows 4 2 [:: [:: 1; 3]; [:: 0; 0]; [:: 3; 1]]
  else of_rows 4 2 [:: [:: 1; 0]; [:: 0; 0]; [:: 1; 0]].
have Bw : truncated 2 sibling_outputs w = siblings 3 3.
  rewrite truncatedE; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /= inordK //=.
  by case: i => [[|[|//]] hi]; case: j => [[|[|[|[|//]]]] hj] /=; ring.
by have := bad w D E; rewrite Bw leNgt low !mxE /= inordK // oner_eq0 => /(_ isT).
Qed.

(** The same D in the place of the same DEB: E = 2, half of D. *)
Theorem not_spurious_strict :
  ~ forall (w : nat -> 'M[R]_(4, 2)) (D : 'M_(4, 2)) (E : 'M_2),
    (forall i, (i < 2)%N -> near (1 / 4) (stuck_weights R i) (w i)) ->
    loss (truncated 2 sibling_outputs w) (example R) (example R) D E <= 21 / 5 ->
    D = stuck_decoder R.
Proof.
move=> /(_ (stuck_weights R) (2^-1 *: stuck_decoder R) (2%:M)) bad.
have {bad} /matrixP/(_ 0 0)/eqP : 2^-1 *: stuck_decoder R = stuck_decoder R.
  apply: bad => [i _|]; first by apply: near_refl; rewrite divr_ge0 ?ler01 ?ler0n.
  rewrite -(stuck_value R) /loss mul_mx_scalar scalerA divff ?pnatr_eq0 // scale1r.
  by rewrite /stuck_encoder mulmx1.
by rewrite !mxE /= mulr1 -subr_eq0 (_ : _ - _ = - 2^-1) ?oppr_eq0 ?invr_eq0 ?pnatr_eq0 //; field.
Qed.

(** At least 3 in the place of 2. *)
Theorem not_joint_least_loss :
  ~ forall (w : nat -> 'M[R]_(4, 2)) (D : 'M_(4, 2)) (E : 'M_2),
    3 <= loss (truncated 2 sibling_outputs w) (example R) (example R) D E.
Proof.
move=> bad; have [w [D [E best]]] := (joint_least_loss R).2.
by have := bad w D E; rewrite best ler_nat.
Qed.
End TrainedNeighbours.
