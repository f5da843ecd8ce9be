(** * With B fixed, a critical point is a global minimum or a strict saddle *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors Descent.
From Butterfly Require Import LocalMinima.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** A quadratic form is nonnegative, or negative somewhere

    This is decided by Lagrange's reduction, in any ordered field. *)
Section Lagrange.
Variables (R : realFieldType) (V : lmodType R) (b : V -> V -> R).
Hypotheses (bDl : forall u v w, b (u + v) w = b u w + b v w).
Hypotheses (bDr : forall u v w, b w (u + v) = b w u + b w v).
Hypotheses (bZl : forall t u w, b (t *: u) w = t * b u w).
Hypotheses (bZr : forall t u w, b w (t *: u) = t * b w u).
Let q u := b u u.
Let p u v := b u v + b v u.

Lemma form_line t u v : q (t *: u + v) = t ^+ 2 * q u + t * p u v + q v.
Proof.
rewrite /q /p bDl !bDr !bZl !bZr.
by move: (b u u) (b u v) (b v u) (b v v) => a1 a2 a3 a4; ring.
Qed.

Lemma polar_sum n u (c : 'I_n -> R) (e : 'I_n -> V) :
  p u (\sum_i c i *: e i) = \sum_i c i * p u (e i).
Proof.
have p0 : p u 0 = 0 by rewrite /p -(scale0r 0) bZl bZr !mul0r addr0.
have pD : {morph p u : v w / v + w}.
  by move=> v w; rewrite /p bDl bDr addrACA.
by rewrite (big_morph _ pD p0); apply: eq_bigr => i _; rewrite /p bZl bZr mulrDr.
Qed.

Lemma form_sign n (e : 'I_n -> V) :
  (forall c : 'I_n -> R, 0 <= q (\sum_i c i *: e i)) \/ exists x, q x < 0.
Proof.
elim: n e => [|n IH] e.
  by left=> c; rewrite big_ord0 /q -(scale0r 0) bZl mul0r.
pose e0 := e ord0; pose e1 i := e (lift ord0 i).
have [neg|pos|zero] := ltrgtP (q e0) 0; first by right; exists e0.
  (* complete the square *)
  pose t i := p e0 (e1 i) / (2 * q e0); pose f i := e1 i - t i *: e0.
  have [ge0|] := IH f; [left=> c | by right].
  pose y := \sum_i c (lift ord0 i) *: f i.
  have -> : \sum_i c i *: e i = (c ord0 + \sum_i c (lift ord0 i) * t i) *: e0 + y.
    rewrite big_ord_recl scalerDl -addrA; congr (_ + _); rewrite scaler_suml -big_split /=.
    by apply: eq_bigr => i _; rewrite -scalerA -scalerDr addrC subrK.
  have py : p e0 y = 0.
    rewrite polar_sum big1 // => i _.
    have -> : p e0 (f i) = p e0 (e1 i) - t i * (2 * q e0).
      by rewrite /p /f /q bDl bDr -scaleNr bZl bZr; move: (t i) => z; ring.
    by rewrite divfK ?subrr ?mulr0 // mulf_neq0 ?pnatr_eq0 ?gt_eqF.
  by rewrite form_line py mulr0 addr0 addr_ge0 ?ge0 // mulr_ge0 ?sqr_ge0 ?ltW.
have [/existsP[i pi]|none] := boolP [exists i, p e0 (e1 i) != 0].
  right; exists ((- (q (e1 i) + 1) / p e0 (e1 i)) *: e0 + e1 i).
  by rewrite form_line zero mulr0 add0r divfK // addrC opprD addrA subrr add0r ltrN10.
have [ge0|] := IH e1; [left=> c | by right].
rewrite big_ord_recl form_line zero mulr0 add0r polar_sum big1 ?mulr0 ?add0r ?ge0 // => i _.
by move: none; rewrite negb_exists => /forallP/(_ i); rewrite negbK => /eqP ->; rewrite mulr0.
Qed.
End Lagrange.

(** ** The loss along a line *)
Section Line.
Variables (R : realFieldType) (m k l n d : nat).
Variables (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Implicit Types (D F : 'M[R]_(m, k)) (E G : 'M[R]_(k, l)).

(** The coefficient of t is that of the gradients; that of t^2 is half the second derivative. *)
Theorem loss_along_line D E F G (t : R) :
  let A := (F *m E + D *m G) *m (B *m X) in let C := F *m G *m (B *m X) in
  loss B X Y (D + t *: F) (E + t *: G) = loss B X Y D E
    + t * (<[gradient_D B X Y D E, F]> + <[gradient_E B X Y D E, G]>)
    + t ^+ 2 * (sq A + 2 * <[D *m E *m B *m X - Y, C]>) + t ^+ 3 * (2 * <[A, C]>) + t ^+ 4 * sq C.
Proof.
move=> A C; rewrite /loss /gradient_D /gradient_E !ipZl -mulrDr; set r := D *m E *m B *m X - Y.
have -> : (D + t *: F) *m (E + t *: G) *m B *m X - Y = r + t *: (A + t *: C).
  have -> : (D + t *: F) *m (E + t *: G) = D *m E + t *: (F *m E + D *m G + t *: (F *m G)).
    rewrite mulmxDl !mulmxDr -!scalemxAl -!scalemxAr !scalerDr -!addrA; congr (_ + _).
    by rewrite addrCA.
  by rewrite -!mulmxA /A /C mulmxDl -scalemxAl mulmxDl -scalemxAl /r !mulmxA addrAC.
have <- : <[r, A]> = <[r *m (E *m B *m X)^T, F]> + <[D^T *m r *m (B *m X)^T, G]>.
  rewrite /A mulmxDl ipDr; congr (_ + _).
    by rewrite [RHS]ipC -ip_mulr ipC !mulmxA.
  by rewrite [RHS]ipC -ip_mulr -[RHS]ip_mull ipC !mulmxA.
clearbody r A C; rewrite sqD sqZ ipZr sqD sqZ ipDr !ipZr.
by move: (sq r) (sq A) (sq C) <[r, A]> <[r, C]> <[A, C]> => a1 a2 a3 a4 a5 a6; ring.
Qed.
End Line.

(** ** The second derivative at a critical point, as a form in F and G *)
Section SecondDerivative.
Variables (R : realFieldType) (m k l n d : nat).
Variables (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variables (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)).
Let Xt := B *m X.
Let r := D *m E *m B *m X - Y.
Implicit Types (F : 'M[R]_(m, k)) (G : 'M[R]_(k, l)).

(** Half the second derivative. *)
Definition second_form F G : R :=
  sq ((F *m E + D *m G) *m Xt) + 2 * <[r, F *m G *m Xt]>.

(** It is nonnegative, or negative somewhere: a direction is the matrix with the parts F and G^T. *)
Lemma second_form_sign :
  (forall F G, 0 <= second_form F G) \/ exists F G, second_form F G < 0.
Proof.
pose A (W : 'M[R]_(m + l, k)) := (usubmx W *m E + D *m (dsubmx W)^T) *m Xt.
pose b (W W' : 'M[R]_(m + l, k)) :=
  <[A W, A W']> + 2 * <[r, usubmx W *m (dsubmx W')^T *m Xt]>.
have AD W W' : A (W + W') = A W + A W'.
  rewrite /A [usubmx _]linearD [dsubmx _]linearD [(_ + _)^T]linearD /=.
  by rewrite [_ *m E]mulmxDl mulmxDr addrACA mulmxDl.
have AZ t W : A (t *: W) = t *: A W.
  rewrite /A [usubmx _]linearZ [dsubmx _]linearZ [(_ *: _)^T]linearZ /=.
  by rewrite -scalemxAl -scalemxAr -scalerDr -scalemxAl.
have bDl u v w : b (u + v) w = b u w + b v w.
  by rewrite /b AD ipDl [usubmx _]linearD /= mulmxDl mulmxDl ipDr mulrDr addrACA.
have bDr u v w : b w (u + v) = b w u + b w v.
  rewrite /b AD ipDr [dsubmx _]linearD [(_ + _)^T]linearD /=.
  by rewrite mulmxDr mulmxDl ipDr mulrDr addrACA.
have bZl t u w : b (t *: u) w = t * b u w.
  by rewrite /b AZ ipZl [usubmx _]linearZ /= -!scalemxAl ipZr mulrDr (mulrCA 2).
have bZr t u w : b w (t *: u) = t * b w u.
  rewrite /b AZ ipZr [dsubmx _]linearZ [(_ *: _)^T]linearZ /=.
  by rewrite -scalemxAr -scalemxAl ipZr mulrDr (mulrCA 2).
pose e (i : 'I_((m + l) * k)) : 'M[R]_(m + l, k) := vec_mx (delta_mx 0 i).
have [ge0|[W neg]] := form_sign bDl bDr bZl bZr e; [left=> F G | right].
  pose W := col_mx F G^T; have := ge0 (mxvec W 0).
  have -> : \sum_i mxvec W 0 i *: e i = W.
    rewrite -[RHS]mxvecK [in RHS](row_sum_delta (mxvec W)) linear_sum.
    by apply: eq_bigr => i _; rewrite linearZ.
  by rewrite /b /A /W col_mxKu col_mxKd trmxK.
by exists (usubmx W), (dsubmx W)^T.
Qed.

Lemma saddle_of_form F G : critical B X Y D E -> second_form F G < 0 -> strict_saddle B X Y D E.
Proof.
move=> crit neg; split=> //; exists F, G, (second_form F G).
exists (2 * <[(F *m E + D *m G) *m Xt, F *m G *m Xt]>), (sq (F *m G *m Xt)); split=> // t.
have [cD cE] := crit; rewrite loss_along_line cD cE !ip0l addr0 mulr0 addr0.
by rewrite /second_form; congr (_ + _ + _ + _); rewrite mulrC.
Qed.

Variable Z : 'M[R]_(m, l).
Hypotheses (crit : critical B X Y D E) (Zeq : solves B X Y Z).
Let N := Z *m Xt.
Let cD := gradient_D0 crit.1.
Let cE := gradient_E0 crit.2.

(** v^T r = - v^T N where D^T v = 0, paired with rows of v^T Z X~. *)
Lemma perp_residual (v : 'cV_m) : D^T *m v = 0 -> <[r, v *m (v^T *m N)]> = - sq (v^T *m N).
Proof.
move=> Dv; have vD : v^T *m D = 0 by rewrite -[D]trmxK -trmx_mul Dv trmx0.
have vr : v^T *m r = - (v^T *m Y) by rewrite /r mulmxBr !mulmxA vD !mul0mx sub0r.
rewrite ipC ip_mull ipC vr ipNl; congr (- _).
by rewrite [v^T *m N]mulmxA (ipYN Zeq) mulmxA.
Qed.

(** Along (s v w^T, w (Z^T v)^T): s^2 |v|^2 |w^T E X~|^2 - 2 s |w|^2 v^T Sigma v. *)
Lemma form_descent (v : 'cV_m) (w : 'cV_k) s : D^T *m v = 0 -> D *m w = 0 ->
  second_form (s *: (v *m w^T)) (w *m (Z^T *m v)^T) =
  s * (- (2 * sq w * sq (v^T *m N)) + s * (sq v * sq (w^T *m E *m Xt))).
Proof.
move=> Dv Dw; rewrite /second_form (mulmxA D) Dw mul0mx addr0.
have -> : s *: (v *m w^T) *m E *m Xt = s *: (v *m (w^T *m E *m Xt)).
  by rewrite -!scalemxAl !mulmxA.
have -> : s *: (v *m w^T) *m (w *m (Z^T *m v)^T) *m Xt = (s * sq w) *: (v *m (v^T *m N)).
  rewrite -!scalemxAl -(mulmxA v) (mulmxA w^T) vTv mul_scalar_mx -scalemxAr -scalemxAl scalerA.
  by rewrite trmx_mul trmxK !mulmxA.
rewrite sqZ sq_rank1 ipZr perp_residual //.
by move: (sq v) (sq w) (sq (v^T *m N)) (sq _) => a1 a2 a3 a4; ring.
Qed.

(** Along (a b^T D, beta a^T Z), b = D beta: |a|^2 b^T Sigma b - |b|^2 a^T Sigma a. *)
Lemma form_rotation (a : 'cV_m) (beta : 'cV_k) : D^T *m a = 0 ->
  let b := D *m beta in
  second_form (a *m b^T *m D) (beta *m a^T *m Z) =
  sq a * sq (b^T *m N) - sq b * sq (a^T *m N).
Proof.
move=> Da b; have ba : a^T *m b = 0.
  by rewrite /b mulmxA -[a^T *m D]trmxK trmx_mul trmxK Da trmx0 mul0mx.
have bN : b^T *m D *m E *m Xt = b^T *m N.
  by rewrite /b trmx_mul -(mulmxA beta^T) -(mulmxA beta^T D^T N) (DTN Zeq cE) !mulmxA.
rewrite /second_form mulmxDl.
have -> : a *m b^T *m D *m E *m Xt = a *m (b^T *m N) by rewrite -bN !mulmxA.
have -> : D *m (beta *m a^T *m Z) *m Xt = b *m (a^T *m N) by rewrite /b !mulmxA.
have -> : a *m b^T *m D *m (beta *m a^T *m Z) *m Xt = sq b *: (a *m (a^T *m N)).
  have bb : b^T *m D *m beta = (sq b)%:M by rewrite -mulmxA vTv.
  by rewrite -!mulmxA (mulmxA D) (mulmxA b^T) -/b vTv mul_scalar_mx -scalemxAr.
rewrite ipZr perp_residual // sqD !sq_rank1 ip_mull mulmxA ba mul0mx ip0r mulr0 addr0.
by move: (sq a) (sq b) (sq _) (sq _) => a1 a2 a3 a4; ring.
Qed.
End SecondDerivative.

(** Where the second derivative is nowhere negative, a critical point is a global minimum. *)
Lemma min_of_form (R : realFieldType) m k l n d (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d))
    (Y : 'M[R]_(m, d)) (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) :
  critical B X Y D E -> (forall F G, 0 <= second_form B X Y D E F G) -> global_min B X Y D E.
Proof.
move=> crit ge0 D' E'; rewrite !loss_residual; have [Z Zeq] := normal_eq (B *m X) Y.
apply: (residual_global Zeq (gradient_D0 crit.1) (gradient_E0 crit.2)).
  move=> w v Dw w0 Dv; apply/eqP; rewrite -sq_eq0; apply: contraT => nz.
  have pos n1 n2 (M : 'M[R]_(n1, n2)) : sq M != 0 -> 0 < sq M by rewrite lt_def sq_ge0 andbT.
  have pw : 0 < sq w by rewrite pos ?sq_eq0.
  have [|s /andP[s0 _]] := @neg_small _ (- (2 * sq w * sq (v^T *m (Z *m (B *m X)))))
    (sq v * sq (w^T *m E *m (B *m X))) 1 ltr01.
    by rewrite oppr_lt0 !mulr_gt0 ?ltr0n ?pw //; exact: pos nz.
  have := ge0 (s *: (v *m w^T)) (w *m (Z^T *m v)^T); rewrite (form_descent E Zeq) //.
  by rewrite pmulr_rge0 // leNgt => /negbTE ->.
move=> a beta Da; have := ge0 (a *m (D *m beta)^T *m D) (beta *m a^T *m Z).
by rewrite (form_rotation crit Zeq) // subr_ge0.
Qed.

(** With B fixed, every critical point is a global minimum or a strict saddle. *)
Theorem min_or_strict_saddle (R : realFieldType) m k l n d (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d))
    (Y : 'M[R]_(m, d)) (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) :
  critical B X Y D E -> global_min B X Y D E \/ strict_saddle B X Y D E.
Proof.
move=> crit; have [ge0|[F [G neg]]] := second_form_sign B X Y D E.
  by left; apply: min_of_form.
by right; apply: saddle_of_form neg.
Qed.
