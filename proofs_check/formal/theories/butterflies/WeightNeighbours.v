(** * False neighbours of the theorems on effective weights *)
From mathcomp Require Import all_ssreflect.
From Butterfly Require Import Compatibility Definitions FirstColumns ExtremeWeights Orders.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** n in the place of 6 n: n = 3, l = 1, five weights. *)
Theorem not_first_columns_bound :
  ~ forall p n (T : seq nat), 2 ^ p < 2 * n -> n <= 2 ^ p -> uniq T ->
    all (fun b => b < 2 ^ p) T -> 0 < size T ->
    2 ^ fed_weights n (rev (iota 0 p)) T <= size T ^ (2 * n) * 2 ^ (1 * n).
Proof. by move=> /(_ 2 3 [:: 0] isT isT isT isT isT). Qed.

(** n = 16 in the place of n = 17. *)
Theorem not_opposite_order_fails :
  ~ 8 ^ (2 * 16) * 2 ^ (6 * 16) < 2 ^ fed_weights 16 (iota 0 4) [:: 0; 2; 4; 6; 8; 10; 12; 14].
Proof.
rewrite (_ : fed_weights _ _ _ = 112); last by vm_compute.
rewrite (_ : 8 ^ (2 * 16) = 2 ^ (3 * (2 * 16))); last exact: (esym (expnM 2 3 (2 * 16))).
by rewrite -expnD ltn_exp2l.
Qed.

(** One weight more than the largest: n = l = 1. *)
Theorem not_most_weights_sharp :
  ~ forall p l, 0 < l <= 2 ^ p ->
    2 ^ (most_weights p l + 2 * l + 1) <= l ^ (2 * 2 ^ p) * 2 ^ (2 * 2 ^ p).
Proof. by move=> /(_ 0 1 isT); rewrite /most_weights big_ord0. Qed.

(** 2 n - 2 l in the place of 6 n: n = l = 1. *)
Theorem not_weight_bound_not_reached :
  ~ forall p (s T : seq nat),
    perm_eq s (iota 0 p) -> uniq T -> all (fun b => b < 2 ^ p) T -> 0 < size T ->
    2 ^ (weights s T + 2 * size T) < size T ^ (2 * 2 ^ p) * 2 ^ (2 * 2 ^ p).
Proof. by move=> /(_ 0 [::] [:: 0] isT isT isT isT). Qed.

(** l / 2^i rounded down and increased by 1: n = 2, l = 1. *)
Theorem not_weights_fewest :
  ~ forall p (s T : seq nat), perm_eq s (iota 0 p) -> uniq T -> 0 < size T ->
    2 * (\sum_(i < p) 2 ^ i * (size T %/ 2 ^ i).+1) <= weights s T.
Proof.
by move=> /(_ 1 [:: 0] [:: 0] isT isT isT); rewrite big_ord_recl big_ord0.
Qed.

(** All outputs of one number in the place of some: n = 4, l = 2. *)
Theorem not_weights_attained :
  ~ forall p l (s T : seq nat), perm_eq s (iota 0 p) -> uniq T ->
    all (fun b => b < 2 ^ p) T -> size T = l -> weights s T = most_weights p l.
Proof.
move=> /(_ 2 2 [:: 1; 0] [:: 0; 2] isT isT isT erefl).
by rewrite /most_weights !big_ord_recl big_ord0.
Qed.

(** n <= 17 in the place of n <= 16. *)
Theorem not_every_order_to_16 :
  ~ forall p n (s T : seq nat),
    n <= 17 -> 2 ^ p < 2 * n -> n <= 2 ^ p -> perm_eq s (iota 0 p) -> uniq T ->
    all (fun b => b < 2 ^ p) T -> 0 < size T ->
    2 ^ fed_weights n s T <= size T ^ (2 * n) * 2 ^ (6 * n).
Proof.
move=> /(_ 5 17 (iota 0 5) [:: 0; 4; 8; 12; 16; 20; 24; 28] isT isT isT isT isT isT isT).
by rewrite leqNgt opposite_order_fails.
Qed.
