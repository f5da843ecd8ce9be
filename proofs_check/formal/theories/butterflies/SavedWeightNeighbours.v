(** * False neighbours of the theorems on the weights of a layer and of an encoder *)
From mathcomp Require Import all_ssreflect.
From Butterfly Require Import Compatibility Definitions SavedWeights.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** l >= 1 in the place of l >= 2: n = 2, l = k = 1. *)
Theorem not_encoder_weights :
  ~ forall k p (s T : seq nat),
    perm_eq s (iota 0 p) -> uniq T -> all (fun b => b < 2 ^ p) T -> 0 < size T ->
    2 ^ (k * size T + weights s T) <= 2 ^ (k * size T) * size T ^ (4 * 2 ^ p).
Proof. by move=> /(_ 1 1 [:: 0] [:: 0] isT isT isT isT). Qed.

(** n >= 8 in the place of n >= 16: 77 weights at n = 8, and 48 log 3 < 77. *)
Theorem not_replaced_layer_weights :
  ~ forall p (s1 s2 T1 T2 : seq nat), 2 < p ->
    perm_eq s1 (iota 0 p) -> uniq T1 -> all (fun b => b < 2 ^ p) T1 -> size T1 = p ->
    perm_eq s2 (iota 0 p) -> uniq T2 -> all (fun b => b < 2 ^ p) T2 -> size T2 = p ->
    2 ^ (weights s1 T1 + size T2 * size T1 + weights s2 T2) <= p ^ (6 * 2 ^ p).
Proof.
pose s := [:: 2; 1; 0]; pose T := [:: 0; 1; 2].
move=> /(_ 3 s s T T isT isT isT isT erefl isT isT isT erefl); apply/negP; rewrite -ltnNge.
rewrite (_ : weights s T + size T * size T + weights s T = 8 * 9 + 5); last by vm_compute.
rewrite (_ : 6 * 2 ^ 3 = 5 * 9 + 3); last by vm_compute.
rewrite !expnD !expnM; apply: ltn_mul; last by [].
by rewrite ltn_exp2r.
Qed.
