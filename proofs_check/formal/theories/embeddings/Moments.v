(** * First and second moments of A = J^T J, for every n = 2^p

    E A = I and E (Ax)(Ax)^T = M_x. All laws of the replacement error follow by linearity. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Entries.
Variables (R : rcfType) (p k : nat).
Hypothesis k_range : (0 < k <= dim p)%N.
Local Notation n := (dim p).
Local Notation H := (hadamard R p).
Local Notation D := (all_draws p k).
Implicit Types (i j a b : 'I_n) (t : draw_of p) (S : {set 'I_n}).

Lemma k_neq0 : k%:R != 0 :> R.
Proof. by rewrite pnatr_eq0 -lt0n; case/andP: k_range. Qed.

Lemma card_draws : #|D| = (#|{: {set 'I_n}}| * 'C(n, k))%N.
Proof.
rewrite -card_rows -cardsT -cardsX; apply: eq_card => t.
by rewrite !inE.
Qed.

Lemma draws_gt0 : (0 < #|D|)%N.
Proof.
rewrite card_draws muln_gt0 bin_gt0; case/andP: k_range => _ ->; rewrite andbT.
by apply/card_gt0P; exists set0.
Qed.

(** Signs and rows are independent. *)
Lemma mean_product (f g : {set 'I_n} -> R) :
  mean D (fun t => f t.2 * g t.1) =
  (\sum_(S : {set 'I_n} | #|S| == k) f S) / 'C(n, k)%:R * ((\sum_N g N) / #|{: {set 'I_n}}|%:R).
Proof.
rewrite /mean card_draws natrM invfM mulrACA [_^-1 * _^-1]mulrC; congr (_ * _).
rewrite mulrC big_distrlr pair_big_dep /=.
by apply: eq_big => [[N S]|[N S] _]; rewrite ?inE //= mulrC.
Qed.

(** The columns of the Hadamard matrix are orthogonal. *)
Lemma hadamard_square r i : H r i * H r i = 1.
Proof. by rewrite hadamard_entry -expr2 sqrr_sign. Qed.

Lemma hadamard_columns : H^T *m H = n%:R%:M.
Proof.
have n0 : n%:R != 0 :> R by rewrite dimE natrX expf_neq0 // pnatr_eq0.
have e : H *m (n%:R^-1 *: H^T) = 1%:M.
  by rewrite -scalemxAr hadamard_orthogonal scale_scalar_mx mulVf.
have := mulmx1C e; rewrite -scalemxAl => /(congr1 (GRing.scale n%:R)).
by rewrite scalerA divff // scale1r scale_scalar_mx mulr1.
Qed.

Lemma sum_columns i a : i != a -> \sum_r H r i * H r a = 0.
Proof.
move=> ia; have := congr1 (fun M : 'M_n => M i a) hadamard_columns.
rewrite !mxE (negbTE ia) mulr0n => e; rewrite -[RHS]e.
by apply: eq_bigr => r _; rewrite mxE.
Qed.

(** Two columns on the kept rows S. *)
Let overlap i j (S : {set 'I_n}) : R := k%:R^-1 * \sum_(r in S) H r i * H r j.

Lemma gram_entry t i j : t \in D ->
  gram R t i j = overlap i j t.2 * (sign R t.1 i * sign R t.1 j).
Proof.
rewrite inE => /eqP tk; rewrite /gram mxE /overlap mulr_sumr mulr_suml.
rewrite [RHS]big_enum_val; apply: eq_bigr => r _.
have J b : transform R t r b = (Num.sqrt k%:R)^-1 * (H (enum_val r) b * sign R t.1 b).
  by rewrite /transform /srht mxE mxE mul_mx_diag !mxE tk.
rewrite mxE !J.
have half : (Num.sqrt k%:R)^-1 * (Num.sqrt k%:R)^-1 = k%:R^-1 :> R.
  by rewrite -expr2 exprVn sqr_sqrtr ?ler0n.
by rewrite -half; ring.
Qed.

(** Two columns on all kept rows, on none or in the mean of their square. *)
Lemma overlap_same i (S : {set 'I_n}) : #|S| = k -> overlap i i S = 1.
Proof.
move=> Sk; rewrite /overlap; under eq_bigr do rewrite hadamard_square.
by rewrite sumr_const Sk mulVf ?k_neq0.
Qed.

Lemma gram_diagonal i t : t \in D -> gram R t i i = 1.
Proof.
move=> tD; rewrite gram_entry // sign2 mulr1 overlap_same //.
by apply/eqP; rewrite inE in tD.
Qed.

Lemma overlap_sym i j S : overlap i j S = overlap j i S.
Proof. by congr (_ * _); apply: eq_bigr => r _; rewrite mulrC. Qed.

Lemma overlap_mean i a : i != a ->
  (\sum_(S : {set 'I_n} | #|S| == k) overlap i a S ^+ 2) / 'C(n, k)%:R = sigma2 R n k.
Proof.
move=> ia; case/andP: (k_range) => k0 kn.
have n1 : (1 < n)%N.
  rewrite ltnNge; apply: contra ia => n1; apply/eqP/val_inj => /=.
  have small (b : 'I_n) : nat_of_ord b = 0%N.
    by apply/eqP; rewrite -leqn0 -ltnS (leq_trans (ltn_ord b)).
  by rewrite !small.
under eq_bigr do rewrite exprMn exprVn.
rewrite -mulr_sumr sum_of_sample ?sum_columns // => [|r]; last first.
  by rewrite exprMn !expr2 !hadamard_square mulr1.
rewrite -mulrA sample_mean // mulKf // expf_neq0 //.
exact: k_neq0.
Qed.

(** ** The mean of a product of two entries of A *)
Lemma rows_mean_const : (\sum_(S : {set 'I_n} | #|S| == k) 1) / 'C(n, k)%:R = 1 :> R.
Proof.
rewrite (eq_bigl (mem [set S : {set 'I_n} | #|S| == k])) => [|S]; last by rewrite !inE.
rewrite sumr_const card_rows divff // pnatr_eq0 -lt0n bin_gt0.
by case/andP: k_range.
Qed.

Theorem mean_entry i j : mean D (fun t => gram R t i j) = (i == j)%:R.
Proof.
rewrite (eq_mean (fun t => @gram_entry t i j)).
rewrite (mean_product (overlap i j) (fun N => sign R N i * sign R N j)) sum_signs2.
have signs0 : #|{: {set 'I_n}}|%:R != 0 :> R.
  by rewrite pnatr_eq0 -lt0n; apply/card_gt0P; exists set0.
rewrite mulfK //; case: eqP => [<-|_]; last by rewrite mulr0.
rewrite mulr1 (eq_bigr (fun=> 1)) => [|S /eqP Sk]; first exact: rows_mean_const.
exact: overlap_same.
Qed.

Lemma mean_entries i a j b :
  mean D (fun t => gram R t i a * gram R t j b) =
  (i == a)%:R * (j == b)%:R + sigma2 R n k * (i != a)%:R *
    ((i == j)%:R * (a == b)%:R + (i == b)%:R * (j == a)%:R).
Proof.
pose f S := overlap i a S * overlap j b S.
pose g N := (sign R N i * sign R N a) * (sign R N j * sign R N b).
rewrite (eq_mean (g := fun t => f t.2 * g t.1)) => [|t tD]; last first.
  by rewrite !gram_entry // mulrACA.
have signs0 : #|{: {set 'I_n}}|%:R != 0 :> R.
  by rewrite pnatr_eq0 -lt0n; apply/card_gt0P; exists set0.
rewrite mean_product /g sum_signs4 mulfK // /f {f g}.
have [<-|ia] := eqVneq i a; last first.
  rewrite mul0r add0r mulr1.
  have [<-|ij] := eqVneq i j.
    have [<-|ab] := eqVneq a b; last by rewrite (negbTE ia) !(mulr0, addr0).
    under eq_bigr do rewrite -expr2.
    by rewrite overlap_mean // (negbTE ia) mulr0 addr0 !mulr1.
  have [<-|ib] := eqVneq i b; last by rewrite !(mul0r, mulr0, addr0).
  have [<-|ja] := eqVneq j a; last by rewrite !(mul0r, mulr0, addr0).
  under eq_bigr do rewrite [overlap j i _]overlap_sym -expr2.
  by rewrite overlap_mean // mul0r add0r !mulr1.
have [<-|jb] := eqVneq j b; last by rewrite !(mulr0, mul0r, addr0).
rewrite !mulr0 !mul0r addr0 !mulr1 (eq_bigr (fun=> 1)) => [|S /eqP Sk].
  exact: rows_mean_const.
by rewrite !overlap_same // mulr1.
Qed.

(** E A_ab^2 = sigma^2 off the diagonal. *)
Theorem mean_entry_squared i j : i != j -> mean D (fun t => gram R t i j ^+ 2) = sigma2 R n k.
Proof.
move=> ij; rewrite (eq_mean (fun t _ => expr2 (gram R t i j))) mean_entries.
by rewrite (negbTE ij) !eqxx !(mulr0, mul0r, mulr1, add0r, addr0).
Qed.

(** E (Ax)(Ax)^T = M_x. *)
Theorem moment_matrix (x : 'cV[R]_n) i j :
  mean D (fun t => (gram R t *m x) i ord0 * (gram R t *m x) j ord0) = moment k x i j.
Proof.
pose m a b := x a ord0 * x b ord0.
transitivity (\sum_a \sum_b m a b * mean D (fun t => gram R t i a * gram R t j b)).
  rewrite (eq_mean (g := fun t => \sum_a \sum_b m a b * (gram R t i a * gram R t j b))).
    rewrite mean_sum; apply: eq_bigr => a _; rewrite mean_sum; apply: eq_bigr => b _.
    by rewrite meanZ.
  move=> t _; rewrite !mxE big_distrlr; apply: eq_bigr => a _; apply: eq_bigr => b _.
  by rewrite /= /m mulrACA mulrC.
under eq_bigr do under eq_bigr do rewrite mean_entries.
set s := sigma2 R n k.
have pick (b : 'I_n) (F : 'I_n -> R) : \sum_a F a * (b == a)%:R = F b.
  rewrite (bigD1 b) //= eqxx mulr1 big1 ?addr0 // => a ab.
  by rewrite eq_sym (negbTE ab) mulr0.
have not_eq (b a : 'I_n) : (b != a)%:R = 1 - (b == a)%:R :> R.
  by case: (b == a); rewrite ?subrr ?subr0.
(* the sum over b, then over a *)
transitivity (\sum_a (m a j * (i == a)%:R +
    s * (1 - (i == a)%:R) * ((i == j)%:R * m a a + m a i * (j == a)%:R))).
  apply: eq_bigr => a _; rewrite not_eq.
  rewrite (eq_bigr (fun b => m a b * (i == a)%:R * (j == b)%:R +
    (s * (1 - (i == a)%:R) * (i == j)%:R * m a b * (a == b)%:R +
     s * (1 - (i == a)%:R) * (j == a)%:R * m a b * (i == b)%:R))) => [|b _] /=; last first.
    by move: (m a b) (i == a)%:R (j == b)%:R (i == j)%:R (a == b)%:R => *; ring.
  by rewrite big_split big_split /= !pick; ring.
rewrite big_split /= pick.
have zero : (0 : 'I_1) = ord0 by apply: val_inj.
rewrite /moment !mxE big_ord1 !mxE -/s !zero.
have [->|ij] := eqVneq i j.
  rewrite (eq_bigr (fun a => s * m a a - s * (m a a * (j == a)%:R))) => [|a _]; last first.
    by case: (j == a) => /=; rewrite ?mulr1n ?mulr0n /m; ring.
  have -> : sq x = \sum_(a < n) m a a by rewrite /sq ipE; apply: eq_bigr => a _; rewrite big_ord1.
  rewrite sumrB -!mulr_sumr pick !mulr1n; move: (\sum_(a < n) m a a) => q.
  rewrite /m; move: (x j ord0) s => y u.
  by rewrite expr2; ring.
rewrite (eq_bigr (fun a => s * m a i * (j == a)%:R)) => [|a _]; last first.
  have [<-|ja] /= := eqVneq j a; rewrite ?(negbTE ij) /= ?mulr1n ?mulr0n.
    by move: (m j j) (m j i) => y z; rewrite subr0 mul0r add0r !mulr1.
  by rewrite !mulr0 mul0r addr0 mulr0.
rewrite pick /m !mulr0n; move: (x i ord0) (x j ord0) s => y z u.
by ring.
Qed.

Lemma gram_mean (x : 'cV[R]_n) i : mean D (fun t => (gram R t *m x) i ord0) = x i ord0.
Proof.
rewrite (eq_mean (g := fun t => \sum_a x a ord0 * gram R t i a)) => [|t _]; last first.
  by rewrite mxE; apply: eq_bigr => a _; rewrite mulrC.
rewrite mean_sum (bigD1 i) //= meanZ mean_entry eqxx mulr1 big1 ?addr0 // => a ai.
by rewrite meanZ mean_entry eq_sym (negbTE ai) mulr0.
Qed.

(** A linear form and a quadratic form of Ax. *)
Lemma mean_linear (v x : 'cV[R]_n) : mean D (fun t => ip v (gram R t *m x)) = ip v x.
Proof.
rewrite (eq_mean (g := fun t => \sum_i v i ord0 * (gram R t *m x) i ord0)) => [|t _]; last first.
  by rewrite ipE; apply: eq_bigr => i _; rewrite big_ord1.
rewrite mean_sum ipE; apply: eq_bigr => i _; rewrite big_ord1.
by rewrite meanZ gram_mean.
Qed.

Lemma mean_form (N : 'M[R]_n) (x : 'cV[R]_n) :
  mean D (fun t => \tr (N *m (gram R t *m x *m (gram R t *m x)^T))) = \tr (N *m moment k x).
Proof.
pose F t := \sum_i \sum_j N i j * ((gram R t *m x) j ord0 * (gram R t *m x) i ord0).
rewrite (eq_mean (g := F)) => [|t _]; last first.
  apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _; congr (_ * _).
  by rewrite mxE big_ord1 [in X in _ * X]mxE.
rewrite /F mean_sum; apply: eq_bigr => i _; rewrite mean_sum mxE; apply: eq_bigr => j _.
by rewrite meanZ moment_matrix.
Qed.
End Entries.

(** ** The laws of the replacement error *)
Section Laws.
Variable R : rcfType.

Lemma sq_trace m (y : 'cV[R]_m) : sq y = \tr (y *m y^T).
Proof. by []. Qed.

Lemma sq_form m n (W : 'M[R]_(m, n)) (y : 'cV[R]_n) : sq (W *m y) = \tr (W^T *m W *m (y *m y^T)).
Proof. by rewrite /sq /ip trmx_mul !mulmxA mxtrace_mulC !mulmxA. Qed.

(** tr W M_x W^T, written out. *)
Lemma moment_form m n k (W : 'M[R]_(m, n)) (x : 'cV[R]_n) :
  \tr (W^T *m W *m moment k x) = (1 + sigma2 R n k) * sq (W *m x) + sigma2 R n k * (sq W * sq x)
    - 2 * sigma2 R n k * \sum_a x a ord0 ^+ 2 * sq (col a W).
Proof.
rewrite /moment mulmxBr mulmxDr !linearB !linearD /= -!scalemxAr !linearZ /= -sq_form.
congr (_ + _ - _); last first.
  congr (_ * _); apply: eq_bigr => a _; rewrite mul_mx_diag !mxE mulrC; congr (_ * _).
  by rewrite /sq ipE; apply: eq_bigr => i _; rewrite big_ord1 !mxE.
by rewrite mul_mx_scalar linearZ /= -mulrA mxtrace_mulC [sq x * _]mulrC.
Qed.

Lemma squares_of_columns n (x : 'cV[R]_n) :
  \sum_a x a ord0 ^+ 2 * sq (col a (1%:M : 'M[R]_n)) = sq x.
Proof.
rewrite [RHS]ipE; apply: eq_bigr => a _; rewrite big_ord1 -expr2.
rewrite col1 /sq ipE (bigD1 a) //= big_ord1 big1 => [|b ba].
  by rewrite !mxE !eqxx addr0 !mulr1.
by rewrite big_ord1 !mxE (negbTE ba) mul0r.
Qed.

Variables (p1 k1 : nat).
Hypothesis range1 : (0 < k1 <= dim p1)%N.
Local Notation n1 := (dim p1).
Local Notation s1 := (sigma2 R n1 k1).
Local Notation D1 := (all_draws p1 k1).

Lemma mean_square m (W : 'M[R]_(m, n1)) x :
  mean D1 (fun t => sq (W *m (gram R t *m x))) = \tr (W^T *m W *m moment k1 x).
Proof.
rewrite -(mean_form range1); apply: eq_mean => t _.
by rewrite sq_form.
Qed.

(** The input side alone. *)
Theorem one_sided_law m (W : 'M[R]_(m, n1)) (x : 'cV[R]_n1) :
  mean D1 (fun t => sq (W *m (gram R t *m x) - W *m x)) =
  s1 * (sq W * sq x + sq (W *m x) - 2 * \sum_a x a ord0 ^+ 2 * sq (col a W)).
Proof.
rewrite (eq_mean (g := fun t => sq (W *m (gram R t *m x)) -
  2 * ip (W^T *m (W *m x)) (gram R t *m x) + sq (W *m x))) => [|t _]; last first.
  by rewrite sqB ip_mull (ipC _ (W^T *m _)).
rewrite meanD meanB meanZ mean_square mean_linear // mean_const ?draws_gt0 //.
rewrite (ipC _ x) -ip_mull -/(sq _) moment_form.
by move: (\sum_a _) (sq (W *m x)) (sq W) (sq x) s1 => a b c d e; ring.
Qed.

(** E|Ax|^2 = (n/k) |x|^2. *)
Lemma mean_gram_square (x : 'cV[R]_n1) :
  mean D1 (fun t => sq (gram R t *m x)) = n1%:R / k1%:R * sq x.
Proof.
have k0 := k_neq0 R range1; case/andP: range1 => k1_gt0 k1_le.
rewrite (eq_mean (g := fun t => sq (1%:M *m (gram R t *m x)))) => [|t _]; last by rewrite mul1mx.
rewrite mean_square moment_form mul1mx.
have -> : sq (1%:M : 'M[R]_n1) = n1%:R by rewrite /sq /ip trmx1 mulmx1 mxtrace1.
rewrite squares_of_columns.
have [n_big|n_small] := ltnP 1 n1.
  have n10 : (n1 - 1)%:R != 0 :> R by rewrite pnatr_eq0 -lt0n subn_gt0.
  rewrite /sigma2 natrM !natrB // ?(ltnW n_big) // in n10 *.
  by move: (sq x) k0 n10 => y *; field; apply/andP.
have one : n1 = 1%N by apply/eqP; rewrite eqn_leq n_small (leq_trans k1_gt0 k1_le).
have k_one : k1 = 1%N by apply/eqP; rewrite eqn_leq k1_gt0 andbT -one.
move: (sq x) => y; rewrite /sigma2 one k_one subnn !mul0r divr1; ring.
Qed.
End Laws.
