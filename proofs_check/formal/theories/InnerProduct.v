(** * Calculus of the inner product <A, B> = tr (A B^T) *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(* only parsing: what Rocq prints names the definition *)
Notation "<[ A , B ]>" := (ip A B) (only parsing).

Section InnerProduct.
Variable R : realFieldType.

Section Shape.
Variables m n : nat.
Implicit Types A B C : 'M[R]_(m, n).

Lemma ipE A B : <[A, B]> = \sum_i \sum_j A i j * B i j.
Proof.
by apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _; rewrite mxE.
Qed.
Lemma ipC A B : <[A, B]> = <[B, A]>.
Proof. by rewrite /ip -mxtrace_tr trmx_mul trmxK. Qed.
Lemma ipDl A B C : <[A + B, C]> = <[A, C]> + <[B, C]>.
Proof. by rewrite /ip mulmxDl linearD. Qed.
Lemma ipZl a A B : <[a *: A, B]> = a * <[A, B]>.
Proof. by rewrite /ip -scalemxAl linearZ. Qed.
Lemma ip0l A : <[0, A]> = 0. Proof. by rewrite /ip mul0mx linear0. Qed.
Lemma ip0r A : <[A, 0]> = 0. Proof. by rewrite ipC ip0l. Qed.
Lemma ipNl A B : <[- A, B]> = - <[A, B]>.
Proof. by rewrite -scaleN1r ipZl mulN1r. Qed.
Lemma ipDr A B C : <[A, B + C]> = <[A, B]> + <[A, C]>.
Proof. by rewrite ipC ipDl !(ipC _ A). Qed.
Lemma ipZr a A B : <[A, a *: B]> = a * <[A, B]>.
Proof. by rewrite ipC ipZl ipC. Qed.
Lemma ip_tr A B : <[A^T, B^T]> = <[A, B]>.
Proof. by rewrite /ip trmxK mxtrace_mulC -mxtrace_tr trmx_mul trmxK. Qed.
Lemma sq_tr A : sq A^T = sq A. Proof. exact: ip_tr. Qed.

Lemma sq_ge0 A : 0 <= sq A.
Proof. by rewrite /sq ipE; do 2!apply: sumr_ge0 => ? _; rewrite -expr2 sqr_ge0. Qed.
Lemma sq_eq0 A : (sq A == 0) = (A == 0).
Proof.
apply/eqP/eqP => [|->]; last exact: ip0l.
rewrite /sq ipE => /eqP; rewrite psumr_eq0 => [/allP A0|i _]; last first.
  by apply: sumr_ge0 => j _; rewrite -expr2 sqr_ge0.
apply/matrixP => i j; have /eqP/eqP := A0 i (mem_index_enum i).
rewrite psumr_eq0 => [/allP/(_ j (mem_index_enum j))|{}j _]; last by rewrite -expr2 sqr_ge0.
by rewrite -expr2 sqrf_eq0 mxE => /eqP.
Qed.
Lemma sqD A B : sq (A + B) = sq A + 2 * <[A, B]> + sq B.
Proof.
by rewrite /sq ipDl !ipDr (ipC B A); move: <[A, A]> <[A, B]> <[B, B]> => a b c; ring.
Qed.
Lemma sqZ a A : sq (a *: A) = a ^+ 2 * sq A.
Proof. by rewrite /sq ipZl ipZr mulrA. Qed.
Lemma sqN A : sq (- A) = sq A. Proof. by rewrite -scaleN1r sqZ sqrrN expr1n mul1r. Qed.
Lemma sqB A B : sq (A - B) = sq A - 2 * <[A, B]> + sq B.
Proof. by rewrite sqD sqN ipC ipNl (ipC B) mulrN. Qed.
End Shape.

(** The adjoint of a product by M is a product by its transpose. *)
Lemma ip_mull m n p (M : 'M[R]_(m, n)) (A : 'M_(n, p)) B : <[M *m A, B]> = <[A, M^T *m B]>.
Proof. by rewrite /ip trmx_mul trmxK -mulmxA mxtrace_mulC mulmxA. Qed.
Lemma ip_mulr m n p (M : 'M[R]_(n, p)) (A : 'M_(m, n)) B : <[A *m M, B]> = <[A, B *m M^T]>.
Proof. by rewrite /ip trmx_mul trmxK mulmxA. Qed.

(** Columns. *)
Lemma vTv n (v : 'cV[R]_n) : v^T *m v = (sq v)%:M.
Proof. by rewrite [LHS]mx11_scalar; congr (_%:M); rewrite /sq -ip_tr /ip trmxK trace_mx11. Qed.
Lemma sq_rank1 m n (v : 'cV[R]_m) (h : 'rV_n) : sq (v *m h) = sq v * sq h.
Proof. by rewrite {1}/sq ip_mull mulmxA vTv mul_scalar_mx ipZr. Qed.
End InnerProduct.
