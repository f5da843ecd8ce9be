(** * How the loss changes along two curves

    In the first two sections X stands for X~ = BX, and r = Y - D E X~ for the residual. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** Descent where D has a kernel *)
Section Descent.
Variables (R : realFieldType) (m k l d : nat) (X : 'M[R]_(l, d)) (Y : 'M[R]_(m, d)).
Definition residual (D : 'M_(m, k)) (E : 'M_(k, l)) : R := sq (Y - D *m E *m X).

Variable Z : 'M[R]_(m, l).
Hypothesis Zeq : Z *m (X *m X^T) = Y *m X^T.
Let Sigma := Z *m X *m (Z *m X)^T.

Variables (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)).
Hypothesis crit_D : (Y - D *m E *m X) *m (E *m X)^T = 0.
Variables (v : 'cV[R]_m) (w : 'cV[R]_k) (s t : R).
Hypotheses (v_perp : D^T *m v = 0) (w_ker : D *m w = 0).
Let q := Z^T *m v.
Let c := sq (X^T *m E^T *m w).

Lemma residual_descent :
  residual (D + s *: (v *m w^T)) (E + t *: (w *m q^T)) - residual D E =
  - 2 * s * t * sq w * <[v, Sigma *m v]>
  + s ^+ 2 * sq v * (c + t ^+ 2 * sq w ^+ 2 * <[v, Sigma *m v]>).
Proof.
have vD : v^T *m D = 0 by rewrite -[D]trmxK -trmx_mul v_perp trmx0.
pose r := Y - D *m E *m X; pose N := Z *m X.
have vr : v^T *m r = v^T *m Y by rewrite mulmxBr !mulmxA vD !mul0mx subr0.
have NX : N *m X^T = Y *m X^T by rewrite -mulmxA.
have sE : <[v, Sigma *m v]> = sq (v^T *m N).
  by rewrite /Sigma -mulmxA ipC ip_mull -(sq_tr (v^T *m N)) [(v^T *m N)^T]trmx_mul trmxK.
pose f := w^T *m E *m X; pose g := v^T *m N; pose h := f + (t * sq w) *: g.
have move_r : Y - (D + s *: (v *m w^T)) *m (E + t *: (w *m q^T)) *m X = r - s *: (v *m h).
  have -> : (D + s *: (v *m w^T)) *m (E + t *: (w *m q^T)) =
            D *m E + s *: (v *m (w^T *m E + (t * sq w) *: q^T)).
    have Dw : D *m (w *m q^T) = 0 by rewrite mulmxA w_ker mul0mx.
    have vww : v *m w^T *m (w *m q^T) = sq w *: (v *m q^T).
      by rewrite -mulmxA (mulmxA w^T) vTv mul_scalar_mx -scalemxAr.
    rewrite mulmxDl !mulmxDr -!scalemxAr -!scalemxAl -?scalemxAr Dw vww.
    by rewrite scaler0 addr0 mulmxA scalerDr !scalerA mulrA (mulrC t).
  have -> : v *m h = v *m (w^T *m E + (t * sq w) *: q^T) *m X.
    by rewrite -mulmxA mulmxDl -scalemxAl /q trmx_mul trmxK -(mulmxA _ Z).
  by rewrite mulmxDl -scalemxAl opprD addrA.
have rf : <[r, v *m f]> = 0.
  by rewrite ipC ip_mull /f -mulmxA ip_mulr -mulmxA crit_D mulmx0 ip0r.
have gZ : g = v^T *m Z *m X by rewrite /g mulmxA.
have rg : <[r, v *m g]> = sq g.
  by rewrite ipC ip_mull vr /sq {1 2}gZ !ip_mulr /g -!(mulmxA v^T) NX.
have fg : <[f, g]> = 0.
  by rewrite -[RHS]rf [RHS]ipC ip_mull vr /f !ip_mulr /g -!(mulmxA v^T) NX.
have fc : sq f = c by rewrite -sq_tr /f !trmx_mul trmxK mulmxA.
rewrite /residual move_r sqB sqZ sq_rank1 ipZr -/r.
have -> : <[r, v *m h]> = t * sq w * sq g.
  by rewrite mulmxDr -scalemxAr ipDr ipZr rf rg add0r.
have -> : sq h = c + (t * sq w) ^+ 2 * sq g.
  by rewrite sqD sqZ ipZr fg fc !mulr0 addr0.
rewrite sE -/g; move: (sq r) (sq v) (sq w) (sq g) c => a1 a2 a3 a4 a5; ring.
Qed.
End Descent.

(** ** A column of D turned towards a vector that is orthogonal to the columns of D *)
Section Rotation.
Variables (R : realFieldType) (m k l d : nat) (X : 'M[R]_(l, d)) (Y : 'M[R]_(m, d)).
Variable Z : 'M[R]_(m, l).
Hypothesis Zeq : Z *m (X *m X^T) = Y *m X^T.
Let N := Z *m X.

(** N is Y projected to the row space of X. *)
Lemma NX : N *m X^T = Y *m X^T. Proof. by rewrite -mulmxA. Qed.
Lemma ipYN n (V : 'M_(n, m)) (M : 'M_(n, l)) : <[V *m Y, M *m X]> = <[V *m N, M *m X]>.
Proof. by rewrite ipC [RHS]ipC !ip_mulr -!(mulmxA V) NX. Qed.

Variables (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)).
Let r := Y - D *m E *m X.
Hypotheses (crit_D : r *m (E *m X)^T = 0) (crit_E : D^T *m r *m X^T = 0).

(** At a critical point, D^T N = D^T D E X; so D E X = P N with P the projector onto D. *)
Lemma DTN : D^T *m N = D^T *m D *m E *m X.
Proof.
apply/eqP; rewrite -subr_eq0 /N mulmxA -mulmxBl; apply/eqP/mulXT_eq0.
rewrite mulmxBl -(mulmxA D^T Z X) -/N mulmxBl -(mulmxA D^T N) NX.
by rewrite -[RHS]crit_E /r mulmxBr mulmxBl !mulmxA.
Qed.

(** At a critical point, V^T Sigma D = 0 for every V orthogonal to the columns of D. *)
Lemma perp_orth n (V : 'M_(m, n)) : D^T *m V = 0 -> V^T *m N *m (D^T *m N)^T = 0.
Proof.
move=> DV; have VD : V^T *m D = 0 by rewrite -[D]trmxK -trmx_mul DV trmx0.
rewrite DTN -(mulmxA (D^T *m D)) [(_ *m (E *m X))^T]trmx_mul mulmxA -(mulmxA V^T N).
have -> : N *m (E *m X)^T = Y *m (E *m X)^T by rewrite trmx_mul !mulmxA NX.
have -> : V^T *m (Y *m (E *m X)^T) = V^T *m (r *m (E *m X)^T).
  by rewrite !mulmxA mulmxBr !mulmxA VD !mul0mx subr0.
by rewrite crit_D mulmx0 mul0mx.
Qed.

Variables (a : 'cV[R]_m) (beta : 'cV[R]_k) (eps : R).
Hypothesis a_perp : D^T *m a = 0.
Let b := D *m beta.
Let p := sq b. Let u := sq a. Let p' := p + eps ^+ 2 * u.
Hypothesis p_neq0 : p != 0.

Lemma residual_rotation :
  residual X Y (D + eps *: (a *m (p^-1 *: (D^T *m b))^T))
       (E + ((eps / p') *: (beta *m a^T *m Z)
          + (- (eps ^+ 2 * u / (p * p'))) *: (beta *m b^T *m Z))) - residual X Y D E
  = - (eps ^+ 2 / (p * p')) * (p * sq (a^T *m N) - u * sq (b^T *m N)).
Proof.
pose c1 := eps / p'; pose c2 := - (eps ^+ 2 * u / (p * p')).
pose A := a^T *m N; pose B := b^T *m N; pose y := c1 *: A + c2 *: B.
pose x := (eps / p) *: B + eps *: y; pose g := p^-1 *: (D^T *m b).
have bN : b^T *m D *m E *m X = B.
  by rewrite /B /b trmx_mul -(mulmxA beta^T D^T N) DTN !mulmxA.
have gb : g^T *m beta = 1%:M.
  by rewrite linearZ /= -scalemxAl trmx_mul trmxK -mulmxA vTv -/p scale_scalar_mx mulVf.
have gE : g^T *m E *m X = p^-1 *: B.
  by rewrite linearZ /= trmx_mul trmxK -!scalemxAl bN.
have aD : a^T *m D = 0 by rewrite -[D]trmxK -trmx_mul a_perp trmx0.
have AB : <[A, B]> = 0.
  have h : D^T *m N *m A^T = 0.
    by have := congr1 trmx (perp_orth a_perp); rewrite trmx_mul trmxK trmx0.
  rewrite ipC /B /b trmx_mul -(mulmxA _ D^T) ip_mull trmxK.
  by rewrite /ip trmx_mul mulmxA h mul0mx linear0.
have aA M : <[a^T *m r, M *m X]> = <[A, M *m X]>.
  by rewrite mulmxBr !mulmxA aD !mul0mx subr0 ipYN.
have bA M : <[b^T *m r, M *m X]> = 0.
  by rewrite mulmxBr !mulmxA bN ipC ipDr -scaleN1r ipZr ipC ipYN ipC -/B mulN1r subrr.
pose phi := c1 *: (a^T *m Z) + c2 *: (b^T *m Z).
have yX : y = phi *m X by rewrite mulmxDl -!scalemxAl /y /A /B !mulmxA.
have xX : x = ((eps / p) *: (b^T *m Z) + eps *: phi) *m X.
  by rewrite mulmxDl -!scalemxAl -yX /x /B !mulmxA.
have move_r : Y - (D + eps *: (a *m g^T)) *m (E + (c1 *: (beta *m a^T *m Z)
          + c2 *: (beta *m b^T *m Z))) *m X = r - (b *m y + a *m x).
  have -> : c1 *: (beta *m a^T *m Z) + c2 *: (beta *m b^T *m Z) = beta *m phi.
    by rewrite mulmxDr -!scalemxAr !mulmxA.
  have h1 : D *m (E + beta *m phi) *m X = D *m E *m X + b *m y.
    by rewrite mulmxDr mulmxDl yX !mulmxA.
  have h2 : a *m g^T *m (E + beta *m phi) *m X = a *m (p^-1 *: B + y).
    by rewrite -[y]mul1mx -gb yX -gE (mulmxDr _ E) (mulmxDr a) mulmxDl !mulmxA.
  have -> : x = eps *: (p^-1 *: B + y) by rewrite scalerDr scalerA.
  by rewrite (mulmxDl D) (mulmxDl _ _ X) -!scalemxAl -scalemxAr h1 h2 !opprD !addrA.
have ba : b^T *m a = 0 by rewrite /b trmx_mul -mulmxA a_perp mulmx0.
have ry : <[r, b *m y]> = 0 by rewrite ipC ip_mull yX ipC bA.
have rx : <[r, a *m x]> = eps * c1 * sq A.
  rewrite ipC ip_mull xX ipC aA -xX /x /y scalerDr !scalerA !ipDr !ipZr AB.
  by rewrite !mulr0 add0r addr0.
have sy : sq y = c1 ^+ 2 * sq A + c2 ^+ 2 * sq B.
  by rewrite /y sqD !sqZ ipZl ipZr AB !mulr0 addr0.
have sx : sq x = (eps * c1) ^+ 2 * sq A + (eps / p + eps * c2) ^+ 2 * sq B.
  have -> : x = (eps * c1) *: A + (eps / p + eps * c2) *: B.
    by rewrite /x /y scalerDr !scalerA addrCA -scalerDl.
  by rewrite sqD !sqZ ipZl ipZr AB !mulr0 addr0.
have byax : <[b *m y, a *m x]> = 0 by rewrite ip_mull mulmxA ba mul0mx ip0r.
have p'_neq0 : p' != 0.
  rewrite gt_eqF // ltr_wpDr // ?lt_def ?p_neq0 ?sq_ge0 //.
  by rewrite mulr_ge0 ?sqr_ge0 ?sq_ge0.
rewrite /residual -/c1 -/c2 -/g move_r -/r sqB ipDr ry rx (sqD (b *m y)) byax !sq_rank1 sy sx.
rewrite -/p -/u.
move: p_neq0 p'_neq0; rewrite /c1 /c2 /p'.
move: (sq r) p u (sq A) (sq B) eps => r2 p1 u1 A2 B2 e p0 p1'.
by field; rewrite p0 p1'.
Qed.
End Rotation.

(** ** The same in terms of the loss and its gradients *)
Section Theorems.
Variables (R : realFieldType) (m k l n d : nat).
Variables (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Implicit Types (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) (Z : 'M[R]_(m, l)).

Lemma loss_residual D E : loss B X Y D E = residual (B *m X) Y D E.
Proof. by rewrite /loss /residual -sqN opprB !mulmxA. Qed.

(** The gradients are what their name says: the loss is quadratic in D and in E. *)
Theorem gradient_D_derivative D E A (t : R) :
  loss B X Y (D + t *: A) E =
  loss B X Y D E + t * <[gradient_D B X Y D E, A]> + t ^+ 2 * sq (A *m E *m B *m X).
Proof.
rewrite /loss /gradient_D ipZl; set r := D *m E *m B *m X - Y; set M := E *m B *m X.
have -> : (D + t *: A) *m E *m B *m X - Y = r + t *: (A *m E *m B *m X).
  by rewrite /r !mulmxDl -!scalemxAl addrAC.
have <- : <[r, A *m E *m B *m X]> = <[r *m M^T, A]>.
  by rewrite [RHS]ipC -ip_mulr ipC /M !mulmxA.
by rewrite sqD sqZ ipZr; move: (sq r) (sq _) <[r, _]> => a b c; ring.
Qed.

Theorem gradient_E_derivative D E F (t : R) :
  loss B X Y D (E + t *: F) =
  loss B X Y D E + t * <[gradient_E B X Y D E, F]> + t ^+ 2 * sq (D *m F *m B *m X).
Proof.
rewrite /loss /gradient_E ipZl; set r := D *m E *m B *m X - Y.
have -> : D *m (E + t *: F) *m B *m X - Y = r + t *: (D *m F *m B *m X).
  by rewrite /r mulmxDr !mulmxDl -scalemxAr -!scalemxAl addrAC.
have <- : <[r, D *m F *m B *m X]> = <[D^T *m r *m (B *m X)^T, F]>.
  by rewrite [RHS]ipC -ip_mulr [RHS]ipC [RHS]ip_mull trmxK !mulmxA.
by rewrite sqD sqZ ipZr; move: (sq r) (sq _) <[r, _]> => a b c; ring.
Qed.

Lemma gradient_D0 D E : gradient_D B X Y D E = 0 ->
  (Y - D *m E *m (B *m X)) *m (E *m (B *m X))^T = 0.
Proof.
move/eqP; rewrite /gradient_D scaler_eq0 pnatr_eq0 /= => /eqP h.
by rewrite -opprB mulNmx !mulmxA h oppr0.
Qed.

Lemma gradient_E0 D E : gradient_E B X Y D E = 0 ->
  D^T *m (Y - D *m E *m (B *m X)) *m (B *m X)^T = 0.
Proof.
move/eqP; rewrite /gradient_E scaler_eq0 pnatr_eq0 /= => /eqP h.
by rewrite -opprB mulmxN mulNmx !mulmxA h oppr0.
Qed.

(** Sigma does not depend on the solution Z, and is the paper's if X~ X~^T is invertible. *)
Theorem signal_unique Z Z' :
  solves B X Y Z -> solves B X Y Z' -> signal_by B X Z = signal_by B X Z'.
Proof.
move=> h h'; rewrite /signal_by; suff -> : Z *m (B *m X) = Z' *m (B *m X) by [].
apply/eqP; rewrite -subr_eq0 -mulmxBl; apply/eqP/mulXT_eq0.
by rewrite mulmxBl mulmxBl -!(mulmxA _ (B *m X)) h h' subrr.
Qed.

Theorem signal_exists : exists Z, solves B X Y Z.
Proof. exact: normal_eq. Qed.

Theorem signal_invertible Z : B *m X *m (B *m X)^T \in unitmx ->
  solves B X Y Z -> signal_by B X Z = signal B X Y.
Proof.
rewrite /solves /signal_by /signal; move: (B *m X) => Xt; set G := Xt *m Xt^T => unit Zeq.
have GT : G^T = G by rewrite /G trmx_mul trmxK.
have -> : Z *m Xt *m (Z *m Xt)^T = Y *m Xt^T *m Z^T.
  by rewrite trmx_mul !mulmxA -(mulmxA Z) -/G Zeq.
have -> : Z = Y *m Xt^T *m invmx G by rewrite -Zeq mulmxK.
by rewrite !trmx_mul trmxK trmx_inv GT !mulmxA.
Qed.

Lemma signal_form Z (v : 'cV_m) :
  <[v, signal_by B X Z *m v]> = sq (v^T *m (Z *m (B *m X))).
Proof.
by rewrite /signal_by -mulmxA ipC ip_mull -(sq_tr (v^T *m _)) [(v^T *m _)^T]trmx_mul trmxK.
Qed.

(** Theorem 1 at critical points with rank D < k, which the printed proof does not cover: with v
    orthogonal to the columns of D and D w = 0 the loss falls for small s t > 0, unless
    v^T Sigma v = 0. *)
Theorem descent_identity D E Z (v : 'cV_m) (w : 'cV_k) (s t : R) :
  solves B X Y Z -> gradient_D B X Y D E = 0 -> D^T *m v = 0 -> D *m w = 0 ->
  loss B X Y (D + s *: (v *m w^T)) (E + t *: (w *m (Z^T *m v)^T)) - loss B X Y D E =
  - 2 * s * t * sq w * <[v, signal_by B X Z *m v]>
  + s ^+ 2 * sq v *
    (sq ((B *m X)^T *m E^T *m w) + t ^+ 2 * sq w ^+ 2 * <[v, signal_by B X Z *m v]>).
Proof.
by move=> Zeq /gradient_D0 cD vD wD; rewrite !loss_residual (residual_descent Zeq cD s t vD wD).
Qed.

(** Theorem 1 at the other critical points: b = D beta is turned towards a, orthogonal to the
    columns of D. The loss falls if a^T Sigma a / |a|^2 > b^T Sigma b / |b|^2. *)
Theorem rotation_identity D E Z (a : 'cV_m) (beta : 'cV_k) (eps : R) :
  solves B X Y Z -> gradient_D B X Y D E = 0 -> gradient_E B X Y D E = 0 ->
  D^T *m a = 0 -> sq (D *m beta) != 0 ->
  let b := D *m beta in let p := sq b in let p' := p + eps ^+ 2 * sq a in
  loss B X Y (D + eps *: (a *m (p^-1 *: (D^T *m b))^T))
    (E + ((eps / p') *: (beta *m a^T *m Z)
          + (- (eps ^+ 2 * sq a / (p * p'))) *: (beta *m b^T *m Z))) - loss B X Y D E =
  - (eps ^+ 2 / (p * p')) *
    (p * <[a, signal_by B X Z *m a]> - sq a * <[b, signal_by B X Z *m b]>).
Proof.
move=> Zeq /gradient_D0 cD /gradient_E0 cE Da b0 /=.
by rewrite !loss_residual (residual_rotation Zeq cD cE eps Da b0) !signal_form.
Qed.
End Theorems.
