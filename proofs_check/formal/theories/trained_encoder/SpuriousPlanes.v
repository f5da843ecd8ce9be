(** * A plane that row spaces cannot leave in some direction: data with a spurious minimum *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors SpuriousGain.
From Butterfly Require Import PlantedPlanes MissingMotions.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** A lower bound of the loss, for every decoder *)
Section Low.
Variable R : realFieldType.

Lemma fit_inside k q (D A : 'M[R]_k) (t : 'M_(k, q)) :
  sq (A *m t) <= (1 + sq t) * (sq (D - A) + sq (D *m t)).
Proof.
have -> : A *m t = D *m t - (D - A) *m t by rewrite mulmxBl opprB addrC subrK.
have := sq_mul (D - A) t; move: (sq (D - A)) (sq_ge0 (D - A)) (D *m t) ((D - A) *m t).
move=> u u0 x y; have [->|t0] := eqVneq t 0.
  rewrite /sq ip0l mulr0 => y0; have /eqP : sq y = 0 by apply/eqP; rewrite eq_le y0 sq_ge0.
  by rewrite sq_eq0 => /eqP ->; rewrite subr0 addr0 mul1r lerDr.
have s0 : 0 < sq t by rewrite lt_def sq_eq0 t0 sq_ge0.
move: (sq t) s0 => s s0 yle; rewrite -subr_ge0 -(pmulr_rge0 _ s0).
have : 0 <= sq (s *: x + y) + (u * s - sq y) * (1 + s) by rewrite addr_ge0 ?sq_ge0 //
  mulr_ge0 ?subr_ge0 // addr_ge0 ?ler01 ?ltW.
move=> h; apply: le_trans h _; rewrite le_eqVlt; apply/orP; left; apply/eqP.
by rewrite sqD sqB sqZ ipZl; move: (sq x) (sq y) <[x, y]> => X Y p; ring.
Qed.

Lemma fit_outside k q (D : 'M[R]_(q, k)) (H : 'M[R]_q) (t : 'M_(k, q)) :
  sq H - sq (t *m H^T) <= sq D + sq (D *m t - H).
Proof.
rewrite -subr_ge0; have -> : sq D + sq (D *m t - H) - (sq H - sq (t *m H^T)) =
    sq (D - H *m t^T) + sq (D *m t).
  rewrite !sqB (ip_mulr t) -(sq_tr (H *m t^T)) trmx_mul trmxK.
  move: (sq D) (sq (D *m t)) (sq H) (sq (t *m H^T)) <[D, H *m t^T]> => x1 x2 x3 x4 x5.
  by ring.
by rewrite addr_ge0 ?sq_ge0.
Qed.

Lemma fit_low k q (D : 'M[R]_(k + q, k)) (A : 'M_k) (H : 'M_q) (t : 'M_(k, q)) :
  (1 + sq t) * sq (t *m H^T) <= sq (A *m t) ->
  sq H <= sq (D *m row_mx 1%:M t - block_mx A 0 0 H).
Proof.
move=> cond; rewrite -(vsubmxK D); move: (usubmx D) (dsubmx D) => D1 D2.
rewrite mul_col_row !mulmx1 opp_block_mx add_block_mx !oppr0 !addr0.
rewrite /block_mx sq_col_mx !sq_row_mx.
have s1 : 0 < 1 + sq t by rewrite ltr_wpDr ?ltr01 ?sq_ge0.
have low := fit_inside D1 A t; have out := fit_outside D2 H t.
have : sq (t *m H^T) <= sq (D1 - A) + sq (D1 *m t).
  by rewrite -(ler_pM2l s1) (le_trans cond).
move=> ins; rewrite -(subrK (sq (t *m H^T)) (sq H)) addrC lerD //.
Qed.
End Low.

(** ** Two independent columns are taken to unit vectors *)
Section Units.
Variables (R : realFieldType) (k : nat).
Implicit Types x y : 'cV[R]_k.

Lemma one_unit x (a : 'I_k) : x a 0 != 0 ->
  exists2 P, P \in unitmx & P *m x = delta_mx a 0 /\ forall y, y a 0 = 0 -> P *m y = y.
Proof.
move=> xa; pose v := x - delta_mx a 0; pose u := (x a 0)^-1 *: v.
pose P := 1%:M - u *m delta_mx 0 a.
have da y : delta_mx 0 a *m y = (y a 0)%:M :> 'M_1.
  by rewrite [LHS]mx11_scalar -rowE mxE.
have Pv : P *m v = u.
  rewrite /P mulmxBl mul1mx -mulmxA da mul_mx_scalar.
  have -> : v = x a 0 *: u by rewrite scalerA divff // scale1r.
  rewrite -scalerBl !mxE !eqxx /=; move: (x a 0) xa => s s0.
  by rewrite mulrA divff // mul1r opprB addrC subrK scale1r.
have PP : P *m (1%:M + v *m delta_mx 0 a) = 1%:M.
  by rewrite mulmxDr mulmx1 mulmxA Pv subrK.
exists P; first by case/mulmx1_unit: PP.
split=> [|y y0]; rewrite /P mulmxBl mul1mx -mulmxA da mul_mx_scalar.
  by rewrite /u scalerA divff // scale1r opprB addrC subrK.
by rewrite y0 scale0r subr0.
Qed.

Lemma two_units x y : x != 0 -> (forall c, y != c *: x) ->
  exists P a b, [/\ P \in unitmx, a != b :> 'I_k, P *m x = delta_mx a 0 & P *m y = delta_mx b 0].
Proof.
move=> x0 ind; have [a xa] : exists a, x a 0 != 0.
  apply/existsP; rewrite -negb_forall; apply: contra x0 => /forallP h.
  by apply/eqP/colP => a; rewrite [RHS]mxE; apply/eqP.
have [P uP [Px _]] := one_unit xa.
have [b] : exists b, ((P *m y) b 0 != 0) && (a != b).
  apply/existsP; rewrite -[[exists _, _]]negbK negb_exists; apply/negP => /forallP h.
  have := ind ((P *m y) a 0); rewrite -(inj_eq (can_inj (mulKmx uP))) -scalemxAr Px => /eqP; apply.
  apply/colP => b; rewrite [RHS]mxE [delta_mx _ _ _ _]mxE andbT.
  case: (eqVneq b a) => [->|ba]; first by rewrite mulr1.
  by have := h b; rewrite (eq_sym a) ba andbT negbK mulr0 => /eqP.
move=> /andP[yb ab]; have [Q uQ [Qy Qfix]] := one_unit yb.
exists (Q *m P), a, b; split=> //; first by rewrite unitmx_mul uQ.
  by rewrite -mulmxA Px Qfix // mxE eq_sym (negPf ab).
by rewrite -mulmxA.
Qed.
End Units.

(** ** The loss near a planted plane, for all motions t that f nearly annihilates *)
Section Near.
Variables (R : realFieldType) (k q n : nat) (a1 : 'I_k) (b1 : 'I_q) (rho L : R).
Variables (e : 'M[R]_(k, n)) (z : 'M[R]_(q, n)) (X : 'M[R]_(n, k + q)).
Let nu : 'rV[R]_q := except_at b1 1 rho.
Let alpha : 'rV[R]_k := except_at a1 1 L.
Let beta : 'rV[R]_q := except_at b1 2 0.
Hypotheses (eX : e *m X = row_mx 1%:M 0) (zX : z *m X = row_mx 0 (diag_mx nu)).
Let Y : 'M[R]_(k + q) := block_mx (diag_mx alpha) 0 0 (diag_mx beta).

Lemma sq_beta : sq (diag_mx beta) = 4.
Proof.
rewrite sq_diag /sq ipE big_ord1 (bigD1 b1) //= big1 ?addr0 => [|b /negPf bb].
  by rewrite !mxE eqxx; ring.
by rewrite !mxE bb mul0r.
Qed.

Lemma near_form (t : 'M[R]_(k, q)) :
  sq (t *m diag_mx nu *m (diag_mx beta)^T) - sq (diag_mx alpha *m (t *m diag_mx nu)) =
  3 * t a1 b1 ^+ 2 - (L ^+ 2 - 4) * (\sum_(a | a != a1) t a b1 ^+ 2)
  - rho ^+ 2 * (\sum_(b | b != b1) (t a1 b ^+ 2 + L ^+ 2 * (\sum_(a | a != a1) t a b ^+ 2))).
Proof.
rewrite -page_form tr_diag_mx /sq !ipE -sumrB; apply: eq_bigr => a _; rewrite -sumrB.
apply: eq_bigr => b _; rewrite !mul_mx_diag mul_diag_mx !mxE.
by case: (b == b1); case: (a == a1); move: (t a b) => x; ring.
Qed.

Lemma planted_low (f t : 'M[R]_(k, q)) (eta c : R) (D : 'M[R]_(k + q, k)) :
  f a1 b1 != 0 -> <[f, t]> ^+ 2 <= eta * sq t -> 4 * eta <= f a1 b1 ^+ 2 ->
  c = (f a1 b1 ^+ 2 + 4 * sq f) / f a1 b1 ^+ 2 ->
  4 * c <= rho ^+ 2 -> 4 * c <= L ^+ 2 - 5 -> 4 * sq (t *m diag_mx nu) <= 1 ->
  4 <= sq (D *m ((e + t *m z) *m X) - Y).
Proof.
move=> f0 small eta4 cE hr hL short; have g0 :
  0 < f a1 b1 ^+ 2 by rewrite lt_def sqrf_eq0 f0 sqr_ge0.
have bound : t a1 b1 ^+ 2 <= c * (sq t - t a1 b1 ^+ 2).
  by rewrite cE mulrAC ler_pdivlMr // [X in X <= _]mulrC; apply: nearly_missing small eta4.
have c0 : 0 <= c.
  rewrite cE; apply: divr_ge0; last exact: ltW.
  by apply: addr_ge0; [exact: sqr_ge0|apply: mulr_ge0; rewrite ?ler0n ?sq_ge0].
have -> : (e + t *m z) *m X = row_mx 1%:M (t *m diag_mx nu).
  by rewrite mulmxDl -mulmxA eX zX mul_mx_row mulmx0 add_row_mx addr0 add0r.
rewrite -sq_beta; apply: fit_low; set s := sq (t *m diag_mx nu) in short *.
have colE : sq (t *m diag_mx nu *m (diag_mx beta)^T) = 4 * \sum_a t a b1 ^+ 2.
  rewrite tr_diag_mx /sq ipE mulr_sumr; apply: eq_bigr => a _;
    rewrite (bigD1 b1) //= big1 => [|b /negPf bb].
    by rewrite !mul_mx_diag !mxE eqxx addr0; move: (t a b1) => x; ring.
  by rewrite !mul_mx_diag !mxE bb !mulr0.
rewrite mulrDl mul1r -lerBrDl -[X in _ <= X]opprB near_form colE.
set x := t a1 b1 in bound *.
pose col := \sum_(a | a != a1) t a b1 ^+ 2.
pose rest := \sum_(b | b != b1) (t a1 b ^+ 2 + \sum_(a | a != a1) t a b ^+ 2).
have col0 : 0 <= col by apply: sumr_ge0 => a _; rewrite sqr_ge0.
have rest0 : 0 <= rest.
  apply: sumr_ge0 => b _; rewrite addr_ge0 ?sqr_ge0 //.
  by apply: sumr_ge0 => a _; rewrite sqr_ge0.
have L1 : 1 <= L ^+ 2.
  have : 0 <= L ^+ 2 - 5 by rewrite (le_trans _ hL) // mulr_ge0 ?ler0n.
  by rewrite subr_ge0; apply: le_trans; rewrite ler1n.
have sum : \sum_a t a b1 ^+ 2 = x ^+ 2 + col by rewrite (bigD1 a1).
have bound' : x ^+ 2 <= c * (col + rest).
  by move: bound; rewrite (sq_parts a1 b1) -/x addrAC subrr add0r.
have form := form_bound a1 b1 rho t L1; rewrite -/x -/col -/rest in form.
apply: (@le_trans _ _ (x ^+ 2 + col)).
  rewrite sum mulrA -[X in _ <= X]mul1r ler_wpM2r ?addr_ge0 ?sqr_ge0 //.
  by rewrite mulrC.
rewrite -[X in X <= _]opprK lerN2; apply: le_trans form _; rewrite -subr_ge0.
have alg (y u v m r : R) : - (y ^+ 2 + u) - (3 * y ^+ 2 - (m - 4) * u - r * v) =
    ((m - 5) * u + r * v) - 4 * y ^+ 2 by ring.
rewrite alg.
rewrite subr_ge0; apply: (@le_trans _ _ (4 * (c * (col + rest))));
  first by rewrite ler_wpM2l ?ler0n.
by rewrite mulrA mulrDr lerD // ler_wpM2r.
Qed.
End Near.
