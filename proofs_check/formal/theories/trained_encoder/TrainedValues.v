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

(** ** Data with a minimum at a chosen plane *)
Definition stacked k (f g : entries) : entries :=
  fun i j => if (i < k)%N then f i j else g (i - k)%N j.
Definition joined k (s t : nat -> int) : nat -> int :=
  fun i => if (i < k)%N then s i else t (i - k)%N.
Definition except_entries (i : nat) (x y : int) : nat -> int := fun j => if j == i then x else y.
Definition is_planted m k q n d (e z x y : entries) (norms inside outside : nat -> int) : bool :=
  let v := times n (stacked k e z) x in let u := times d v (turned y) in
  same (k + q) (k + q) (times d v (turned v)) (diagonal (joined k (fun=> 1) norms)) &&
  same (k + q) (k + q) (times m u (turned u))
    (diagonal (joined k inside (fun b => norms b * outside b))).

Section Planted.
Variable R : realFieldType.
Local Notation row_of n s := (\row_(j < n) (s (nat_of_ord j))%:~R : 'rV[R]_n).

Theorem except_evaluated n (i : 'I_n) (x y : int) :
  except_at i (x%:~R : R) y%:~R = row_of n (except_entries i x y).
Proof. by apply/rowP => j; rewrite !mxE /except_entries -val_eqE; case: eqP. Qed.

Lemma matrix_stacked k q n f g :
  col_mx (matrix_of R k n f) (matrix_of R q n g) = matrix_of R (k + q) n (stacked k f g).
Proof.
apply/matrixP => i j; rewrite !mxE /stacked; case: splitP => h eq;
  by rewrite mxE eq ?addKn.
Qed.

Lemma row_joined k q s t : row_mx (row_of k s) (row_of q t) = row_of (k + q)%N (joined k s t).
Proof.
apply/rowP => j; rewrite !mxE /joined; case: splitP => h eq;
  by rewrite mxE eq ?addKn.
Qed.

Theorem planted_evaluated m k q n d e z x y norms inside outside :
  is_planted m k q n d e z x y norms inside outside ->
  planted (matrix_of R k n e) (matrix_of R q n z) (matrix_of R n d x) (matrix_of R m d y)
    (row_of q norms) (row_of k inside) (row_of q outside).
Proof.
move=> /andP[/matrix_same vv /matrix_same uu]; rewrite /planted matrix_stacked.
rewrite !(matrix_times, matrix_turned) vv uu -!matrix_diagonal -!row_joined.
split; congr diag_mx; congr row_mx; apply/rowP => b; rewrite !mxE //.
by rewrite intrM.
Qed.
End Planted.

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

(** At the outputs 0 and 2 of n = 4 with all weights 1: rho = 3, L = 5, kappa = 18, and not 17. *)
Definition planted_points := [seq
  let e := of_list [:: [:: 1; 1; 0; 0]; [:: 0; 0; 1; 1]] in
  let z := of_list [:: [:: 0; 0; 2; 1]; [:: 2; 1; - kappa; - kappa]] in
  let x := of_list [:: [:: -1; 18; 0; 3]; [:: 2; -18; 0; -3]; [:: 0; -1; 1; 0]; [:: 0; 2; -1; 0]] in
  let y := of_list [:: [:: 1; 0; 0; 0]; [:: 0; 5; 0; 0]; [:: 0; 0; 2; 0]] in
  let: (norms, inside, outside) :=
    (except_entries 0 1 9, except_entries 0 1 25, except_entries 0 4 0) in
  (is_planted 3 2 2 4 4 e z x y norms inside outside,
   [:: rows 2 4 e; rows 2 4 z; rows 4 4 x; rows 3 4 y],
   [seq [seq shown (s j) | j <- iota 0 2] | s <- [:: norms; inside; outside]])
  | kappa <- [:: 18; 17 : int]].
