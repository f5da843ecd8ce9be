(** * The butterfly with its weights, evaluated

    As in [Fidelity]: integer entries, computed with lists, and proved to be those of the
    definitions. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions Fidelity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Definition layer_entries (i : nat) (w : entries) : entries :=
  fun r c => w r 0%N * (c == r)%N%:Z + w r 1%N * (c == flip i r)%N%:Z.
Fixpoint butterfly_entries n (q : nat) (w : nat -> entries) : entries :=
  if q is i.+1 then times n (layer_entries i (w i)) (butterfly_entries n i w) else unit_entries.
Fixpoint slope_entries n (q : nat) (w v : nat -> entries) : entries :=
  if q is i.+1 then plus (times n (layer_entries i (v i)) (butterfly_entries n i w))
    (times n (layer_entries i (w i)) (slope_entries n i w v)) else fun _ _ => 0.

Section Trained.
Variables (R : realFieldType) (n p l : nat) (kept : 'I_l -> 'I_n) (w v : nat -> entries).
Let weights (f : nat -> entries) i := matrix_of R n 2 (f i).

Lemma matrix_layer i f : layer i (matrix_of R n 2 f) = matrix_of R n n (layer_entries i f).
Proof.
apply/matrixP => r c; rewrite !mxE /layer_entries intrD !intrM -val_eqE /=.
by case: eqP; case: eqP; rewrite ?mulr1n ?mulr0n ?mulr1 ?mulr0.
Qed.

Lemma butterfly_entriesE q : butterfly q (weights w) = matrix_of R n n (butterfly_entries n q w).
Proof.
elim: q => [|q IH] /=; last by rewrite matrix_layer IH matrix_times.
by apply/matrixP => i j; rewrite !mxE /unit_entries -val_eqE /=; case: eqP.
Qed.

Lemma slope_entriesE q :
  butterfly_slope q (weights w) (weights v) = matrix_of R n n (slope_entries n q w v).
Proof.
elim: q => [|q IH] /=; last first.
  by rewrite !matrix_layer IH butterfly_entriesE !matrix_times matrix_plus.
by apply/matrixP => i j; rewrite !mxE.
Qed.

Theorem truncated_evaluated i j :
  truncated p kept (weights w) i j = (butterfly_entries n p w (kept i) j)%:~R /\
  truncated_slope p kept (weights w) (weights v) i j = (slope_entries n p w v (kept i) j)%:~R.
Proof. by rewrite !mxE butterfly_entriesE slope_entriesE !mxE. Qed.
End Trained.

(** ** The point of the example: its weights, its outputs, and five times its decoder *)
Definition stuck_entries (i : nat) : entries :=
  if i is 0%N then of_list [:: [:: 1; 0]; [:: 0; 0]; [:: 0; 1]]
  else of_list [:: [:: 1; 0]; [:: 0; 0]; [:: 1; 0]].
Definition stuck_decoder_entries : entries :=
  of_list [:: [:: 5; 0]; [:: 0; 2]; [:: 0; 0]; [:: 0; 5]].
Theorem stuck_evaluated (R : realFieldType) :
  (forall i, stuck_weights R i = matrix_of R 4 2 (stuck_entries i)) /\
  5 *: stuck_decoder R = matrix_of R 4 2 stuck_decoder_entries.
Proof.
split=> [[|i]|]; apply/matrixP => r c; rewrite !mxE.
- by case: r => [[|[|[|[|//]]]] hr]; case: c => [[|[|//]] hc].
- by case: r => [[|[|[|[|//]]]] hr]; case: c => [[|[|//]] hc].
case: r => [[|[|[|[|//]]]] hr]; case: c => [[|[|//]] hc] //=;
  by rewrite ?mulr1 ?mulr0 // mulrCA divff ?mulr1 // pnatr_eq0.
Qed.

(** ** Values *)
Definition output_entries (o : nat) (f : entries) : entries := fun i j => f (o * i)%N j.
Definition trained_butterflies := [seq
  let n := (2 ^ p)%N in
  let: (w, v) := (fun i => noise i.+1 2, fun i => noise 2 i.+2) in
  ([seq rows n 2 (w i) | i <- iota 0 p], [seq rows n 2 (v i) | i <- iota 0 p],
   rows n n (butterfly_entries n p w), rows n n (slope_entries n p w v)) | p <- iota 1 3].
Definition stuck_points := [:: (
  [seq rows 4 2 (stuck_entries i) | i <- iota 0 2],
  rows 2 4 (output_entries 2 (butterfly_entries 4 2 stuck_entries)),
  rows 4 2 stuck_decoder_entries)].
