(** * False neighbours of the theorems on effective weights *)
From mathcomp Require Import all_ssreflect.
From Butterfly Require Import Compatibility Definitions FirstColumns.
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
