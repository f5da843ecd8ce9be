(** * Lemma S2.1: what J^T J x misses of x

    For every J with orthogonal rows of the same length the error has a closed form. So the lemma
    fails in every draw of a subsampled Hadamard transform with 2k <= n. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Identity.
Variables (R : realFieldType) (n k : nat) (J : 'M[R]_(k, n)) (c : R).
Hypothesis orthogonal_rows : J *m J^T = c%:M.

(** Expand the square; <x, J^T J x> = |Jx|^2 and |J^T J x|^2 = c |Jx|^2. *)
Theorem reconstruction_identity (x : 'cV_n) :
  sq (x - J^T *m J *m x) = sq x + (c - 2) * sq (J *m x).
Proof.
set y := J *m x; rewrite sqB -mulmxA -/y.
have -> : <[x, J^T *m y]> = sq y by rewrite ipC ip_mull trmxK.
have -> : sq (J^T *m y) = c * sq y.
  by rewrite {1}/sq ip_mull trmxK mulmxA orthogonal_rows mul_scalar_mx ipZr.
by move: (sq x) (sq y) => a b; ring.
Qed.

Lemma reconstruction_error_ge (x : 'cV_n) : 2 <= c -> sq x <= sq (x - J^T *m J *m x).
Proof. by move=> c2; rewrite reconstruction_identity lerDl mulr_ge0 ?subr_ge0 ?sq_ge0. Qed.
End Identity.

(** ** Hadamard matrices *)
Lemma dimE p : dim p = (2 ^ p)%N.
Proof. by elim: p => //= p ->; rewrite expnS mul2n addnn. Qed.

Section Hadamard.
Variable R : rcfType.

Lemma hadamard_orthogonal p : hadamard R p *m (hadamard R p)^T = (dim p)%:R%:M.
Proof.
elim: p => [|p IH] /=; first by rewrite mul1mx trmx1.
rewrite tr_block_mx mulmx_block linearN /= !mulmxN !mulNmx opprK IH subrr.
by rewrite -raddfD /= -natrD -scalar_mx_block.
Qed.

(** Bits of a number below 2^p, and of 2^p plus such a number. *)
Lemma bit_small p i : (i < dim p)%N -> bit i p = false.
Proof. by move=> ip; rewrite /bit divn_small // -dimE. Qed.

Lemma bit_top p i : (i < dim p)%N -> bit (dim p + i) p.
Proof. by rewrite dimE => ip; rewrite /bit divnDl ?dvdnn // divnn expn_gt0 divn_small. Qed.

Lemma bit_add p t i : (t < p)%N -> bit (dim p + i) t = bit i t.
Proof.
move=> tp; rewrite dimE /bit divnDl ?dvdn_exp2l ?(ltnW tp) //.
have -> : (2 ^ p %/ 2 ^ t = 2 ^ (p - t))%N by rewrite -expnB // ltnW.
by rewrite oddD oddX orbF subn_eq0 leqNgt tp.
Qed.

(** Sylvester's matrix has the entries (-1)^<i, j>, <i, j> the inner product of bits. *)
Theorem hadamard_entry p (i j : 'I_(dim p)) : hadamard R p i j = (-1) ^+ common_bits p i j.
Proof.
elim: p i j => [|p IH] /=; first by move=> i j; rewrite !ord1 mxE.
have step a b : common_bits p.+1 a b = (common_bits p a b + (bit a p && bit b p))%N.
  by rewrite /common_bits -addn1 iotaD count_cat /= addn0.
have same a b c d : (forall t, (t < p)%N -> bit a t = bit c t) ->
    (forall t, (t < p)%N -> bit b t = bit d t) -> common_bits p a b = common_bits p c d.
  move=> ac bd; apply: eq_in_count => t; rewrite mem_iota add0n => /andP[_ tp].
  by rewrite ac ?bd.
move=> i j; rewrite step -[i]splitK -[j]splitK.
case: (fintype.split i) => i'; case: (fintype.split j) => j' /=;
  rewrite ?block_mxEul ?block_mxEur ?block_mxEdl ?block_mxEdr.
- by rewrite IH !bit_small // addn0.
- rewrite IH bit_small // addn0; congr (_ ^+ _).
  by apply: same => t tp; rewrite ?bit_add //.
- rewrite IH (bit_small (ltn_ord j')) andbF addn0; congr (_ ^+ _).
  by apply: same => t tp; rewrite ?bit_add //.
rewrite [LHS]mxE IH !bit_top // addn1 exprS mulN1r; congr (- (_ ^+ _)).
by apply: same => t tp; rewrite ?bit_add //.
Qed.

(** ** The subsampled Hadamard transform: J J^T = (n/k) I *)
Variables (p k : nat) (kept : 'I_k -> 'I_(dim p)) (d : 'rV[R]_(dim p)).
Hypotheses (kept_inj : injective kept) (signs : forall i, d ord0 i ^+ 2 = 1) (k0 : (0 < k)%N).

Lemma srht_rows : srht kept d *m (srht kept d)^T = ((dim p)%:R / k%:R)%:M.
Proof.
have DD : diag_mx d *m (diag_mx d)^T = 1%:M.
  by rewrite tr_diag_mx mulmx_diag; apply/matrixP=> i j; rewrite !mxE -expr2 signs.
have HH : (hadamard R p *m diag_mx d) *m (hadamard R p *m diag_mx d)^T = (dim p)%:R%:M.
  by rewrite trmx_mul mulmxA -(mulmxA (hadamard R p)) DD mulmx1 hadamard_orthogonal.
rewrite /srht linearZ /= -scalemxAl -scalemxAr scalerA -expr2 exprVn sqr_sqrtr ?ler0n //.
rewrite trmx_mxsub -mxsub_mul HH; apply/matrixP=> i j.
by rewrite !mxE (inj_eq kept_inj) mulrC; case: eqP => _; rewrite ?mulr1n ?mulr0n ?mul0r.
Qed.

(** The probability in Lemma S2.1 is 0: for 2k <= n no draw has an error of eps < 1. *)
Theorem reconstruction_fails (x : 'cV[R]_(dim p)) (eps : R) :
  (2 * k <= 2 ^ p)%N -> sq x = 1 -> 0 <= eps < 1 ->
  ~ sq (x - (srht kept d)^T *m srht kept d *m x) <= eps ^+ 2.
Proof.
move=> kn x1 /andP[e0 e1] bad.
have c2 : 2 <= (dim p)%:R / k%:R :> R by rewrite ler_pdivlMr ?ltr0n // -natrM ler_nat dimE.
have := le_trans (reconstruction_error_ge srht_rows x c2) bad.
by rewrite x1 leNgt expr_lt1 ?e1.
Qed.
End Hadamard.
