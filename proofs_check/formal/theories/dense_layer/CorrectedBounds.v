(** * What holds in place of Proposition 1: bounds by second moments *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments Replacement TwoSides.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Bounds.
Variable R : rcfType.

(** The inequality of Cauchy and Schwarz. *)
Lemma cauchy_schwarz n (a b : 'cV[R]_n) : ip a b ^+ 2 <= sq a * sq b.
Proof.
have [->|b0] := eqVneq b 0; first by rewrite ip0r expr0n mulr_ge0 ?sq_ge0.
have b1 : 0 < sq b by rewrite lt_def sq_eq0 b0 sq_ge0.
rewrite -subr_ge0 -(pmulr_rge0 _ b1).
have -> : sq b * (sq a * sq b - ip a b ^+ 2) = sq (sq b *: a - ip a b *: b).
  by rewrite sqB !sqZ ipZl ipZr; move: (sq a) (sq b) (ip a b) => c d e; ring.
exact: sq_ge0.
Qed.

Section Norm.
Variables (m n : nat) (W : 'M[R]_(m, n)) (N : R).
Hypothesis norm : operator_norm W N.

Lemma norm_tr (u : 'cV[R]_m) : sq (W^T *m u) <= N ^+ 2 * sq u.
Proof.
have [_ bound _] := norm; set y := W^T *m u.
have [y0|y0] := eqVneq (sq y) 0; first by rewrite y0 mulr_ge0 ?sqr_ge0 ?sq_ge0.
have y1 : 0 < sq y by rewrite lt_def y0 sq_ge0.
rewrite -(ler_pM2r y1) -expr2.
have {1}-> : sq y = ip u (W *m y) by rewrite /sq ip_mull trmxK.
apply: le_trans (cauchy_schwarz _ _) _.
by rewrite [N ^+ 2 * _]mulrC -mulrA ler_wpM2l ?sq_ge0.
Qed.

Lemma norm_form (u : 'cV[R]_m) (x : 'cV[R]_n) : sq u = 1 -> sq x = 1 ->
  ip u (W *m x) ^+ 2 <= N ^+ 2.
Proof.
move=> u1 x1; have [_ /(_ x) bound _] := norm; rewrite x1 mulr1 in bound.
by apply: le_trans (cauchy_schwarz _ _) _; rewrite u1 mul1r.
Qed.
End Norm.

(** 0 <= sigma^2 <= 1/k. *)
Lemma sigma2_bounds n k : (0 < k <= n)%N -> 0 <= sigma2 R n k <= k%:R^-1.
Proof.
case/andP=> k0 kn; rewrite /sigma2 divr_ge0 ?ler0n //=.
have [n1|n1] := ltnP 1 n; last first.
  by rewrite (_ : (n - 1 = 0)%N) ?muln0 ?invr0 ?mulr0 ?invr_ge0 ?ler0n //; apply/eqP.
rewrite ler_pdivrMr ?ltr0n ?muln_gt0 ?k0 ?subn_gt0 // natrM mulrA mulVf ?pnatr_eq0 -?lt0n //.
by rewrite mul1r ler_nat leq_sub2l.
Qed.

(** What is not at most c is rare if the mean is small. *)
Lemma markov_strict (T : finType) (A : {set T}) (f : T -> R) c b : (0 < #|A|)%N ->
  {in A, forall t, 0 <= f t} -> 0 < c -> mean A f <= b -> chance R A (fun t => c < f t) <= b / c.
Proof.
move=> A0 f0 c0 fb; apply: (@le_trans _ _ (chance R A (fun t => c <= f t))).
  by apply: chance_le => // t _; apply: ltW.
apply: le_trans (markov f0 c0) _.
by rewrite ler_wpM2r // invr_ge0 ltW.
Qed.

Section OneSide.
Variables (p k : nat).
Hypothesis range : (0 < k <= dim p)%N.
Let h : R := k%:R^-1.

(** E|W A x|^2 <= (1 + s)|Wx|^2 + s|W|^2 for a unit x. *)
Lemma mean_square_le m (W : 'M[R]_(m, dim p)) (x : 'cV[R]_(dim p)) : sq x = 1 ->
  mean (all_draws p k) (fun t => sq (W *m (gram R t *m x))) <=
  (1 + sigma2 R (dim p) k) * sq (W *m x) + sigma2 R (dim p) k * sq W.
Proof.
move=> x1; have /andP[s0 _] := sigma2_bounds range.
rewrite mean_square // moment_form x1 mulr1 -[X in _ <= X]subr0; apply: lerB => //.
apply: mulr_ge0; first by rewrite mulr_ge0 ?ler0n.
by apply: sumr_ge0 => a _; rewrite mulr_ge0 ?sqr_ge0 ?sq_ge0.
Qed.

(** (i): Pr[|W J^T J x - Wx| > eps |W|] <= (sr(W) + 1)/(k eps^2), sr(W) = |W|_F^2/|W|^2. *)
Theorem one_sided_bound m (W : 'M[R]_(m, dim p)) (x : 'cV[R]_(dim p)) N eps :
  operator_norm W N -> 0 < N -> sq x = 1 -> 0 < eps ->
  chance R (all_draws p k) (fun t =>
    eps ^+ 2 * N ^+ 2 < sq (W *m (gram R t *m x) - W *m x)) <=
  (sq W / N ^+ 2 + 1) / (k%:R * eps ^+ 2).
Proof.
move=> norm N0 x1 e0; have k0 := k_neq0 R range.
have N1 : N != 0 by rewrite gt_eqF.
have e1 : eps != 0 by rewrite gt_eqF.
have -> : (sq W / N ^+ 2 + 1) / (k%:R * eps ^+ 2) = h * (sq W + N ^+ 2) / (eps ^+ 2 * N ^+ 2).
  by rewrite /h; move: (sq W) => F; field; rewrite k0 N1 e1.
apply: markov_strict => [|t _||]; rewrite ?draws_gt0 ?sq_ge0 ?mulr_gt0 ?exprn_gt0 //.
have /andP[s0 sh] := sigma2_bounds range; have [_ /(_ x) bound _] := norm.
rewrite one_sided_law // x1 mulr1; rewrite x1 mulr1 in bound.
apply: (@le_trans _ _ (sigma2 R (dim p) k * (sq W + N ^+ 2))); last first.
  by rewrite ler_wpM2r // addr_ge0 ?sq_ge0 ?sqr_ge0.
rewrite ler_wpM2l // -[X in _ <= X]subr0; apply: lerB; first by rewrite lerD2l.
apply: mulr_ge0; first exact: ler0n.
by apply: sumr_ge0 => a _; rewrite mulr_ge0 ?sqr_ge0 ?sq_ge0.
Qed.
End OneSide.

(** With shares s1, s2 of at most h, and numbers of at most B. *)
Lemma variance_arithmetic (s1 s2 h b a z B F : R) : 0 <= s1 <= h -> 0 <= s2 <= h ->
  b <= B -> a <= B -> z <= B -> 0 <= B -> 0 <= F ->
  (1 + s2) * ((1 + s1) * b + s1 * a) + s2 * ((1 + s1) * z + s1 * F) - b <=
  (4 * h + 3 * h ^+ 2) * B + h ^+ 2 * F.
Proof.
move=> /andP[s10 s1h] /andP[s20 s2h] bB aB zB B0 F0.
have ss : s1 * s2 <= h ^+ 2 by rewrite expr2 ler_pM.
have ss0 : 0 <= s1 * s2 by rewrite mulr_ge0.
apply: (@le_trans _ _ ((2 * s1 + 2 * s2 + 3 * (s1 * s2)) * B + s1 * s2 * F)).
  rewrite -subr_ge0 [X in 0 <= X](_ : _ = (s1 + s2 + s1 * s2) * (B - b) +
    (1 + s2) * s1 * (B - a) + s2 * (1 + s1) * (B - z)); last by ring.
  by rewrite !addr_ge0 ?mulr_ge0 ?subr_ge0 ?addr_ge0 ?ler01.
apply: lerD; last by rewrite ler_wpM2r.
rewrite ler_wpM2r // -subr_ge0 [X in 0 <= X](_ : _ = 2 * (h - s1) + 2 * (h - s2) +
  3 * (h ^+ 2 - s1 * s2)); last by ring.
by rewrite !addr_ge0 ?mulr_ge0 ?subr_ge0 ?ler0n.
Qed.

Section TwoSides.
Variables (p1 p2 k1 k2 : nat).
Hypotheses (range1 : (0 < k1 <= dim p1)%N) (range2 : (0 < k2 <= dim p2)%N).
Local Notation D := (setX (all_draws p1 k1) (all_draws p2 k2)).
Local Notation s1 := (sigma2 R (dim p1) k1).
Local Notation s2 := (sigma2 R (dim p2) k2).
Variables (W : 'M[R]_(dim p2, dim p1)) (x : 'cV[R]_(dim p1)) (u : 'cV[R]_(dim p2)).
Hypotheses (x1 : sq x = 1) (u1 : sq u = 1).

Lemma sq_inner n (y z : 'cV[R]_n) : sq (y^T *m z) = ip y z ^+ 2.
Proof.
rewrite {1}/sq ipE !big_ord1 -expr2; congr (_ ^+ 2).
by rewrite -trace_mx11 mxtrace_mulC -[RHS]ipC.
Qed.

Lemma mean_form_le :
  mean D (fun t => ip u (replaced (transform R t.1) (transform R t.2) W *m x) ^+ 2) <=
  (1 + s2) * ((1 + s1) * ip u (W *m x) ^+ 2 + s1 * sq (W^T *m u)) +
  s2 * ((1 + s1) * sq (W *m x) + s1 * sq W).
Proof.
have /andP[s20 _] := sigma2_bounds range2.
rewrite mean_setX; apply: (@le_trans _ _ (mean (all_draws p1 k1) (fun t =>
    (1 + s2) * sq (u^T *m W *m (gram R t *m x)) + s2 * sq (W *m (gram R t *m x))))).
  apply: le_mean => t _; set y := W *m (gram R t *m x).
  have -> : sq (u^T *m W *m (gram R t *m x)) = sq (y^T *m u).
    by rewrite -mulmxA -/y !sq_inner ipC.
  rewrite -[sq y]sq_tr.
  apply: le_trans (mean_square_le range2 y^T u1).
  rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_mean => v _.
  rewrite sq_inner /= (_ : replaced _ _ W *m x = gram R v *m y); last first.
    by rewrite /replaced /gram /y -!mulmxA.
  by rewrite [in RHS]ipC ip_mull /gram trmx_mul trmxK.
rewrite meanD !meanZ; apply: lerD.
  rewrite ler_wpM2l ?addr_ge0 ?ler01 //.
  apply: le_trans (mean_square_le range1 (u^T *m W) x1) _.
  by rewrite -mulmxA sq_inner -sq_tr trmx_mul trmxK.
by rewrite ler_wpM2l // mean_square_le.
Qed.
End TwoSides.

(** (ii): Pr[|u^T W'x - u^T Wx| > eps |W|] <= (4/k + (3 + sr(W))/k^2) / eps^2. *)
Theorem bilinear_bound p1 p2 k (W : 'M[R]_(dim p2, dim p1)) (x : 'cV[R]_(dim p1))
    (u : 'cV[R]_(dim p2)) N eps :
  (0 < k <= dim p1)%N -> (0 < k <= dim p2)%N -> operator_norm W N -> 0 < N ->
  sq x = 1 -> sq u = 1 -> 0 < eps ->
  chance R (setX (all_draws p1 k) (all_draws p2 k)) (fun t => eps ^+ 2 * N ^+ 2 <
    (ip u (replaced (transform R t.1) (transform R t.2) W *m x) - ip u (W *m x)) ^+ 2) <=
  (4 / k%:R + (3 + sq W / N ^+ 2) / k%:R ^+ 2) / eps ^+ 2.
Proof.
move=> range1 range2 norm N0 x1 u1 e0; have k0 := k_neq0 R range1.
have N1 : N != 0 by rewrite gt_eqF.
have e1 : eps != 0 by rewrite gt_eqF.
pose h : R := k%:R^-1.
have -> : (4 / k%:R + (3 + sq W / N ^+ 2) / k%:R ^+ 2) / eps ^+ 2 =
    ((4 * h + 3 * h ^+ 2) * N ^+ 2 + h ^+ 2 * sq W) / (eps ^+ 2 * N ^+ 2).
  by rewrite /h; move: (sq W) => F; field; rewrite k0 N1 e1.
have D0 : (0 < #|setX (all_draws p1 k) (all_draws p2 k)|)%N.
  by rewrite cardsX muln_gt0 !draws_gt0.
apply: markov_strict => [|t _||]; rewrite ?sqr_ge0 ?mulr_gt0 ?exprn_gt0 //.
pose f t := ip u (replaced (transform R t.1) (transform R t.2) W *m x).
have [fc _] := bilinear_law range1 range2 W x u.
have := varianceE D0 f; rewrite /variance /f fc => ->.
apply: le_trans (lerB (mean_form_le range1 range2 W x1 u1) (lexx _)) _.
have [_ /(_ x) bound _] := norm; rewrite x1 mulr1 in bound.
have := norm_tr norm u; rewrite u1 mulr1 => bound_tr.
apply: variance_arithmetic; rewrite ?sigma2_bounds ?sqr_ge0 ?sq_ge0 //.
exact: norm_form.
Qed.

(** (iii): a root mean square of at most eps |W| at all unit x needs k2 >= n2/(1 + eps^2). *)
Theorem rows_needed p1 p2 k1 k2 (W : 'M[R]_(dim p2, dim p1)) N eps :
  (0 < k1 <= dim p1)%N -> (0 < k2 <= dim p2)%N -> operator_norm W N -> 0 < N ->
  (forall x : 'cV[R]_(dim p1), sq x = 1 ->
    mean (setX (all_draws p1 k1) (all_draws p2 k2)) (fun t =>
      sq (replaced (transform R t.1) (transform R t.2) W *m x - W *m x)) <= eps ^+ 2 * N ^+ 2) ->
  (dim p2)%:R / (1 + eps ^+ 2) <= k2%:R :> R.
Proof.
move=> range1 range2 [_ _ [x x1 xN]] N0 /(_ x x1); rewrite two_sided_law // xN => small.
have k0 : 0 < k2%:R :> R by rewrite ltr0n; case/andP: range2.
have e0 : 0 < 1 + eps ^+ 2 by rewrite ltr_wpDr ?ltr01 ?sqr_ge0.
have N2 : 0 < N ^+ 2 by rewrite exprn_gt0.
have : (dim p2)%:R / k2%:R - 1 <= eps ^+ 2.
  rewrite -(ler_pM2r N2); apply: le_trans small; rewrite lerDl; apply: mulr_ge0.
    by rewrite divr_ge0 ?ler0n.
  by apply: mean_ge0 => t _; apply: sq_ge0.
move/(lerD (lexx 1)); rewrite addrC subrK => small'.
by rewrite ler_pdivrMr // mulrC -ler_pdivrMr.
Qed.
End Bounds.
