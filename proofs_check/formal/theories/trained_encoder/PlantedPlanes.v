(** * A plane spanned by eigenvectors, and the planes near it *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors SpuriousGain.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Frobenius.
Variable R : realFieldType.

(** The inequality of Cauchy and Schwarz, and |A B| <= |A| |B|. *)
Lemma ip_cauchy m n (A B : 'M[R]_(m, n)) : <[A, B]> ^+ 2 <= sq A * sq B.
Proof.
have [->|b0] := eqVneq B 0; first by rewrite ip0r expr0n mulr_ge0 ?sq_ge0.
have b1 : 0 < sq B by rewrite lt_def sq_eq0 b0 sq_ge0.
rewrite -subr_ge0 -(pmulr_rge0 _ b1).
have -> : sq B * (sq A * sq B - <[A, B]> ^+ 2) = sq (sq B *: A - <[A, B]> *: B).
  by rewrite sqB !sqZ ipZl ipZr; move: (sq A) (sq B) (ip A B) => c d e; ring.
exact: sq_ge0.
Qed.

Lemma sq_mul m n p (A : 'M[R]_(m, n)) (B : 'M_(n, p)) : sq (A *m B) <= sq A * sq B.
Proof.
rewrite (sq_rows A) (sq_cols B) {1}/sq ipE big_distrl /=; apply: ler_sum => i _.
rewrite big_distrr /=; apply: ler_sum => j _.
have -> : (A *m B) i j = <[row i A, (col j B)^T]>.
  by rewrite ipE big_ord1 mxE; apply: eq_bigr => h _; rewrite !mxE.
by rewrite -expr2 (le_trans (ip_cauchy _ _)) // sq_tr.
Qed.

Lemma sq_row_mx m n p (A : 'M[R]_(m, n)) (B : 'M_(m, p)) : sq (row_mx A B) = sq A + sq B.
Proof. by rewrite /sq /ip tr_row_mx mul_row_col linearD. Qed.
Lemma sq_col_mx m n p (A : 'M[R]_(m, n)) (B : 'M_(p, n)) : sq (col_mx A B) = sq A + sq B.
Proof. by rewrite -sq_tr tr_col_mx sq_row_mx !sq_tr. Qed.

Lemma sq_diag n (s : 'rV[R]_n) : sq (diag_mx s) = sq s.
Proof.
rewrite /sq !ipE big_ord1; apply: eq_bigr => i _; rewrite (bigD1 i) //= big1 ?addr0 => [|j ji].
  by rewrite mxE eqxx mulr1n.
by rewrite mxE eq_sym (negPf ji) mul0r.
Qed.

(** 1 + U U^T is invertible. *)
Lemma unit_plus_gram m n (U : 'M[R]_(m, n)) : 1%:M + U *m U^T \in unitmx.
Proof.
rewrite -row_free_unit; apply: inj_row_free => v /(congr1 (fun x => <[x, v]>)).
rewrite mulmxDr mulmx1 ipDl ip0l mulmxA ip_mulr trmxK => /eqP.
by rewrite paddr_eq0 ?sq_ge0 // => /andP[/eqP v0 _]; apply/eqP; rewrite -sq_eq0; apply/eqP.
Qed.
End Frobenius.

(** ** The gain at e + t z, with C and M diagonal in e and z *)
Section Planted.
Variables (R : realFieldType) (m k q n d : nat).
Variables (e : 'M[R]_(k, n)) (z : 'M[R]_(q, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variables (norms : 'rV[R]_q) (inside : 'rV[R]_k) (outside : 'rV[R]_q).
Hypothesis orthogonal : planted e z X Y norms inside outside.

Let weighted : 'rV[R]_q := \row_b (norms 0 b * outside 0 b).

Lemma planted_blocks :
  [/\ e *m X *m (e *m X)^T = 1%:M, e *m X *m (z *m X)^T = 0 &
      z *m X *m (z *m X)^T = diag_mx norms] /\
  [/\ e *m X *m Y^T *m (e *m X *m Y^T)^T = diag_mx inside,
      e *m X *m Y^T *m (z *m X *m Y^T)^T = 0 &
      z *m X *m Y^T *m (z *m X *m Y^T)^T = diag_mx weighted].
Proof.
have blocks p (U : 'M[R]_(k, p)) (U' : 'M[R]_(q, p)) : col_mx U U' *m (col_mx U U')^T =
    block_mx (U *m U^T) (U *m U'^T) (U' *m U^T) (U' *m U'^T).
  by rewrite tr_col_mx mul_col_row.
move: orthogonal;
  rewrite /planted /= !(mul_col_mx e z X) !(mul_col_mx _ _ Y^T) !blocks !diag_mx_row.
by move=> [/eq_block_mx[-> -> _ ->] /eq_block_mx[-> -> _ ->]]; rewrite diag_const_mx.
Qed.

Lemma combined_gram r (s : 'M[R]_(r, k)) (t : 'M_(r, q)) p (Z : 'M[R]_(n, p)) :
  e *m Z *m (z *m Z)^T = 0 -> (s *m e + t *m z) *m Z *m ((s *m e + t *m z) *m Z)^T =
  s *m (e *m Z *m (e *m Z)^T) *m s^T + t *m (z *m Z *m (z *m Z)^T) *m t^T.
Proof.
rewrite mulmxDl -(mulmxA s) -(mulmxA t); move: (e *m Z) (z *m Z) => U V UV.
have VU : V *m U^T = 0 by rewrite -[LHS]trmxK trmx_mul trmxK UV trmx0.
rewrite [(_ + _)^T]linearD /= !trmx_mul mulmxDl !mulmxDr -!mulmxA.
by rewrite (mulmxA V U^T) VU mul0mx mulmx0 add0r (mulmxA U V^T) UV mul0mx mulmx0 addr0.
Qed.

Section Near.
Variable t : 'M[R]_(k, q).
Let S := t *m diag_mx norms *m t^T.
Let Q := t *m diag_mx weighted *m t^T - S *m diag_mx inside.
Let W := e + t *m z.

Lemma gram_of p (Z : 'M[R]_(n, p)) : e *m Z *m (z *m Z)^T = 0 ->
  W *m Z *m (W *m Z)^T = e *m Z *m (e *m Z)^T + t *m (z *m Z *m (z *m Z)^T) *m t^T.
Proof. by move=> /(@combined_gram _ 1%:M t); rewrite trmx1 mulmx1 !mul1mx. Qed.

Lemma gram_near : W *m X *m (W *m X)^T = 1%:M + S.
Proof. by have [[ee ez zz] _] := planted_blocks; rewrite gram_of // ee zz. Qed.

Lemma targets_near : W *m X *m Y^T *m (W *m X *m Y^T)^T =
  diag_mx inside + t *m diag_mx weighted *m t^T.
Proof.
have [_ [ee ez zz]] := planted_blocks.
by rewrite -!(mulmxA _ X) gram_of !(mulmxA _ X) // ee zz.
Qed.

Lemma near_unit : 1%:M + S \in unitmx.
Proof.
have [[_ _ zz] _] := planted_blocks; rewrite /S -zz.
have -> : t *m (z *m X *m (z *m X)^T) *m t^T = t *m z *m X *m (t *m z *m X)^T.
  by rewrite -!(mulmxA t) (trmx_mul t) !mulmxA.
exact: unit_plus_gram.
Qed.

(** The exact change of the gain: a quadratic form, and a rest of fourth order. *)
Lemma second_order_gain : gain X Y W - gain X Y e =
  \sum_a \sum_b (outside 0 b - inside 0 a) * norms 0 b * t a b ^+ 2
  - \tr (invmx (1%:M + S) *m S *m Q).
Proof.
have [[ee _ _] [ii _ _]] := planted_blocks.
rewrite /gain gram_near targets_near ee ii invmx1 mul1mx.
have inv : invmx (1%:M + S) = 1%:M - invmx (1%:M + S) *m S.
  by apply/eqP; rewrite eq_sym subr_eq -{1}(mulmx1 (invmx _)) -mulmxDr mulVmx ?near_unit.
have -> : diag_mx inside + t *m diag_mx weighted *m t^T = (1%:M + S) *m diag_mx inside + Q.
  by rewrite /Q mulmxDl mul1mx -addrA; congr (_ + _); rewrite addrC subrK.
rewrite mulmxDr mulKmx ?near_unit // linearD /= addrC addrA addNr add0r.
rewrite {1}inv mulmxBl mul1mx linearB /=; congr (_ - _).
rewrite /Q linearB /= (mul_mx_diag S) /mxtrace -sumrB; apply: eq_bigr => a _.
rewrite mxE [X in _ - X]mxE /S [X in _ - X * _]mxE mulr_suml -sumrB; apply: eq_bigr => b _.
rewrite !mul_mx_diag !mxE; move: (t a b) (norms _ _) (outside _ _) (inside _ _) => x1 x2 x3 x4.
by ring.
Qed.
End Near.
End Planted.

(** ** The numbers of the construction

    Norms 1 for e and z_1 and rho^2 for the others, eigenvalues 1, L^2, ... for e and 4, 0, ... for
    z; a1 and b1 take the place of 1. *)
Section Numbers.
Variables (R : realFieldType) (m k q n d : nat).
Variables (e : 'M[R]_(k, n)) (z : 'M[R]_(q, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variables (a1 : 'I_k) (b1 : 'I_q) (rho L : R).
Local Notation norms := (except_at b1 1 (rho ^+ 2)).
Local Notation inside := (except_at a1 1 (L ^+ 2)).
Local Notation outside := (except_at b1 4 0).
Hypothesis orthogonal : planted e z X Y norms inside outside.

Lemma page_form (t : 'M[R]_(k, q)) :
  \sum_a \sum_b (outside 0 b - inside 0 a) * norms 0 b * t a b ^+ 2 =
  3 * t a1 b1 ^+ 2 - (L ^+ 2 - 4) * (\sum_(a | a != a1) t a b1 ^+ 2)
  - rho ^+ 2 * (\sum_(b | b != b1) (t a1 b ^+ 2 + L ^+ 2 * (\sum_(a | a != a1) t a b ^+ 2))).
Proof.
rewrite exchange_big (bigD1 b1) //= (bigD1 a1) //= !mxE !eqxx; congr (_ + _).
  rewrite mulr1 (_ : 4 - 1 = 3); last by ring.
  congr (_ + _); rewrite mulr_sumr -sumrN; apply: eq_bigr => a /negPf a0.
  by rewrite !mxE a0 ?eqxx mulr1 -mulNr opprB.
rewrite mulr_sumr -sumrN; apply: eq_bigr => b /negPf b0; rewrite (bigD1 a1) //= !mxE eqxx b0.
rewrite mulrDr opprD; congr (_ + _); first by ring.
rewrite !mulr_sumr -sumrN; apply: eq_bigr => a /negPf a0; rewrite !mxE a0 ?b0.
by move: (t a b) => x; ring.
Qed.

(** The change of the gain by a motion that adds sum_b t_ab z_b to e_a, as a true expansion. *)
Theorem planted_second_order (t : 'M[R]_(k, q)) :
  let S := t *m diag_mx norms *m t^T in
  let Q := t *m diag_mx outside *m t^T - S *m diag_mx inside in
  gain X Y (e + t *m z) - gain X Y e =
  3 * t a1 b1 ^+ 2 - (L ^+ 2 - 4) * (\sum_(a | a != a1) t a b1 ^+ 2)
  - rho ^+ 2 * (\sum_(b | b != b1) (t a1 b ^+ 2 + L ^+ 2 * (\sum_(a | a != a1) t a b ^+ 2)))
  - \tr (invmx (1%:M + S) *m S *m Q).
Proof.
rewrite /= (second_order_gain orthogonal) page_form.
suff -> : \row_b (norms 0 b * outside 0 b) = outside by [].
by apply/rowP => b; rewrite !mxE; case: eqP; rewrite ?mul1r ?mulr0.
Qed.

End Numbers.
