(** * Values of operator norms, for comparison with those that Python computes *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Fidelity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** The operator norm, where A^T A = diag(s): the largest s is its square *)
Definition is_norm m n (a : entries) (s : nat -> int) (c : int) : bool :=
  [&& same n n (times m (turned a) a) (diagonal s), 0 <= c,
      all (fun j => s j <= c * c) (iota 0 n) & has (fun j => s j == c * c) (iota 0 n)].
Theorem norm_evaluated (R : realFieldType) m n a s c : is_norm m n a s c ->
  operator_norm (matrix_of R m n a) c%:~R.
Proof.
case/and4P => /matrix_same aa c0 /allP low /hasP[j]; rewrite mem_iota add0n => /andP[_ jn] /eqP top.
have sqE (z : 'cV[R]_n) : sq (matrix_of R m n a *m z) = \sum_(i < n) (s i)%:~R * z i 0 ^+ 2.
  rewrite /sq ip_mull mulmxA matrix_turned matrix_times aa -matrix_diagonal ipE.
  apply: eq_bigr => i _; rewrite big_ord1 mul_diag_mx !mxE.
  by move: (z i 0) => x; ring.
have c2 : c%:~R ^+ 2 = (c * c)%:~R :> R by rewrite expr2 intrM.
split; first by rewrite ler0z.
  move=> z; rewrite sqE c2 /sq ipE mulr_sumr; apply: ler_sum => i _.
  rewrite big_ord1 -expr2 ler_wpM2r ?sqr_ge0 // ler_int low //.
  by rewrite mem_iota add0n ltn_ord.
have unit_sum (F : 'I_n -> R) :
    \sum_i F i * (delta_mx (Ordinal jn) 0 : 'cV[R]_n) i 0 ^+ 2 = F (Ordinal jn).
  rewrite (bigD1 (Ordinal jn)) //= mxE !eqxx expr1n mulr1 big1 ?addr0 // => i /negPf ij.
  by rewrite mxE ij expr0n mulr0.
exists (delta_mx (Ordinal jn) 0); last by rewrite sqE unit_sum top c2.
rewrite /sq ipE -[RHS](unit_sum (fun=> 1)); apply: eq_bigr => i _.
by rewrite big_ord1 mul1r expr2.
Qed.

(** ** Values: matrices with orthogonal columns, the squares of these, and a number, once too large *)
Definition operator_norms := [seq
  let: (m, n, a, s, c) := one in
  (is_norm m n (of_list a) (nth 0 s) c, rows m n (of_list a), shown c)
  | one : nat * nat * seq (seq int) * seq int * int <- [::
    (2%N, 2%N, [:: [:: 3; 4]; [:: 4; -3]], [:: 25; 25], 5);
    (3%N, 2%N, [:: [:: 2; 0]; [:: 0; 1]; [:: 0; 0]], [:: 4; 1], 2);
    (4%N, 2%N, [:: [:: 1; 1]; [:: 1; -1]; [:: 1; 1]; [:: 1; -1]], [:: 4; 4], 2);
    (3%N, 2%N, [:: [:: 2; 0]; [:: 0; 1]; [:: 0; 0]], [:: 4; 1], 3)]].
