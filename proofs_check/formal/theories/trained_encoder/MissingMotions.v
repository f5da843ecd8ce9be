(** * Where a motion is missing, its square is bounded by those of the others *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors.
From Butterfly Require Import PlantedPlanes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Missing.
Variables (R : realFieldType) (k q : nat).
Variables (a1 : 'I_k) (b1 : 'I_q).
Implicit Types t f : 'M[R]_(k, q).

Let one : 'M[R]_(k, q) := delta_mx a1 b1.

Lemma ip_delta t : <[t, one]> = t a1 b1.
Proof.
have entry a b : t a b * one a b = if (a == a1) && (b == b1) then t a b else 0.
  by rewrite mxE; case: ifP; rewrite ?mulr1 ?mulr0.
rewrite ipE (bigD1 a1) //= (bigD1 b1) //= entry !eqxx /= big1 => [|b /negPf bb].
  rewrite addr0 big1 ?addr0 // => a /negPf aa; apply: big1 => b _.
  by rewrite entry aa.
by rewrite entry bb andbF.
Qed.

Lemma sqD_le2 m n (x y : 'M[R]_(m, n)) : sq (x + y) <= 2 * sq x + 2 * sq y.
Proof.
rewrite -subr_ge0 (_ : _ - _ = sq (x - y)) ?sq_ge0 // sqD sqB.
by move: (sq x) (sq y) <[x, y]> => u v p; ring.
Qed.
Lemma sqrD_le2 (x y : R) : (x + y) ^+ 2 <= 2 * x ^+ 2 + 2 * y ^+ 2.
Proof.
by rewrite -subr_ge0 (_ : _ - _ = (x - y) ^+ 2) ?sqr_ge0 //; ring.
Qed.

(** Where f nearly vanishes on t, the square of t_11 is bounded by the others. *)
Lemma nearly_missing f t (eta : R) : <[f, t]> ^+ 2 <= eta * sq t -> 4 * eta <= f a1 b1 ^+ 2 ->
  f a1 b1 ^+ 2 * t a1 b1 ^+ 2 <= (f a1 b1 ^+ 2 + 4 * sq f) * (sq t - t a1 b1 ^+ 2).
Proof.
set g := f a1 b1; set x := t a1 b1; set o := sq t - x ^+ 2 => small h.
have oE : o = sq (t - x *: one).
  rewrite sqB ipZr sqZ ip_delta -/x /o.
  have -> : sq one = 1 by rewrite /sq ip_delta mxE !eqxx.
  by rewrite /o; ring.
have o0 : 0 <= o by rewrite oE sq_ge0.
pose s := <[f, t - x *: one]>.
have sE : g * x = <[f, t]> + - s.
  by rewrite /s ipDr -scaleNr ipZr ip_delta -/g; ring.
have s2 : s ^+ 2 <= sq f * o by rewrite oE ip_cauchy.
have le1 : 2 * (g ^+ 2 * x ^+ 2) <= 4 * (eta * sq t) + 4 * (sq f * o).
  rewrite -exprMn sE (_ : 4 * _ + _ = 2 * (2 * (eta * sq t) + 2 * (sq f * o))); last by ring.
  rewrite ler_wpM2l ?ler0n // (le_trans (sqrD_le2 _ _)) // sqrrN.
  by rewrite lerD // ler_wpM2l ?ler0n.
have le2 : 4 * (eta * sq t) <= g ^+ 2 * (x ^+ 2 + o).
  by rewrite mulrA (_ : x ^+ 2 + o = sq t) ?ler_wpM2r ?sq_ge0 // /o addrC subrK.
have := le_trans le1 (lerD le2 (lexx _)).
rewrite -subr_ge0 => le3; rewrite -subr_ge0.
by rewrite (_ : _ - _ = g ^+ 2 * (x ^+ 2 + o) + 4 * (sq f * o) - 2 * (g ^+ 2 * x ^+ 2)) //; ring.
Qed.

(** A functional that vanishes on T and not on the missing motion. *)
Lemma missing_functional r (T : 'M[R]_(r, k * q)) : ~~ (mxvec one <= T)%MS ->
  exists2 f : 'M[R]_(k, q), f a1 b1 != 0 & forall t, (mxvec t <= T)%MS -> <[f, t]> = 0.
Proof.
rewrite submxE => /eqP; set C := cokermx T => out.
have [c cne] : exists c, (mxvec one *m C) 0 c != 0.
  apply/existsP; rewrite -negb_forall; apply/negP => /forallP h; apply: out.
  by apply/rowP => c; rewrite [RHS]mxE; apply/eqP.
pose f : 'M[R]_(k, q) := \matrix_(a, b) (mxvec (delta_mx a b : 'M[R]_(k, q)) *m C) 0 c.
have fE t : <[f, t]> = (mxvec t *m C) 0 c.
  rewrite [in RHS](matrix_sum_delta t) linear_sum mulmx_suml summxE ipE; apply: eq_bigr => a _.
  rewrite linear_sum mulmx_suml summxE; apply: eq_bigr => b _.
  by rewrite linearZ -scalemxAl [RHS]mxE mulrC; congr (_ * _); rewrite mxE.
exists f => [|t]; first by rewrite mxE.
by rewrite submxE fE => /eqP ->; rewrite mxE.
Qed.

Lemma missing_motion r (T : 'M[R]_(r, k * q)) : ~~ (mxvec (delta_mx a1 b1 :
  'M[R]_(k, q)) <= T)%MS ->
  exists2 c, 0 <= c & forall t, (mxvec t <= T)%MS -> t a1 b1 ^+ 2 <= c * (sq t - t a1 b1 ^+ 2).
Proof.
move=> /missing_functional[f f0 van]; have g0 :
  0 < f a1 b1 ^+ 2 by rewrite lt_def sqrf_eq0 f0 sqr_ge0.
exists ((f a1 b1 ^+ 2 + 4 * sq f) / f a1 b1 ^+ 2) => [|t /van ft].
  apply: divr_ge0; last exact: ltW.
  by apply: addr_ge0; [exact: sqr_ge0|apply: mulr_ge0; rewrite ?ler0n ?sq_ge0].
rewrite mulrAC ler_pdivlMr // [X in X <= _]mulrC; apply: (@nearly_missing f t 0).
  by rewrite ft expr0n mul0r.
by rewrite mulr0 ltW.
Qed.

(** The quadratic form of the gain, in terms of t_11, the rest of its column, and all others. *)
Let column t := \sum_(a | a != a1) t a b1 ^+ 2.
Let rest t := \sum_(b | b != b1) (t a1 b ^+ 2 + \sum_(a | a != a1) t a b ^+ 2).
Lemma sq_parts t : sq t = t a1 b1 ^+ 2 + (column t + rest t).
Proof.
rewrite /sq ipE exchange_big (bigD1 b1) //= (bigD1 a1) //= -expr2 -addrA; congr (_ + (_ + _)).
apply: eq_bigr => b _; rewrite (bigD1 a1) //=.
Qed.
Lemma column_ge0 t : 0 <= column t. Proof. by apply: sumr_ge0 => a _; rewrite sqr_ge0. Qed.
Lemma rest_ge0 t : 0 <= rest t.
Proof.
apply: sumr_ge0 => b _; rewrite addr_ge0 ?sqr_ge0 //.
by apply: sumr_ge0 => a _; rewrite sqr_ge0.
Qed.
Lemma column_le t : t a1 b1 ^+ 2 + column t = \sum_a t a b1 ^+ 2.
Proof. by rewrite [RHS](bigD1 a1). Qed.

Lemma form_bound (rho L : R) t : 1 <= L ^+ 2 ->
  3 * t a1 b1 ^+ 2 - (L ^+ 2 - 4) * (\sum_(a | a != a1) t a b1 ^+ 2)
  - rho ^+ 2 * (\sum_(b | b != b1) (t a1 b ^+ 2 + L ^+ 2 * (\sum_(a | a != a1) t a b ^+ 2)))
  <= 3 * t a1 b1 ^+ 2 - (L ^+ 2 - 4) * column t - rho ^+ 2 * rest t.
Proof.
move=> L1; rewrite lerB // ler_wpM2l ?sqr_ge0 //; apply: ler_sum => b _; rewrite lerD2l.
by rewrite ler_peMl // sumr_ge0 // => a _; rewrite sqr_ge0.
Qed.

(** For large rho and L the form is negative definite on T. *)
Theorem missing_motion_concave r (T : 'M[R]_(r, k * q)) :
  ~~ (mxvec (delta_mx a1 b1 : 'M[R]_(k, q)) <= T)%MS ->
  exists c, forall rho L, 3 * c < rho ^+ 2 -> 3 * c < L ^+ 2 - 4 ->
    forall t, (mxvec t <= T)%MS -> t != 0 ->
    3 * t a1 b1 ^+ 2 - (L ^+ 2 - 4) * (\sum_(a | a != a1) t a b1 ^+ 2)
    - rho ^+ 2 * (\sum_(b | b != b1) (t a1 b ^+ 2 + L ^+ 2 * (\sum_(a | a != a1) t a b ^+ 2))) < 0.
Proof.
move=> /missing_motion[c c0 bound]; exists c => rho L hr hL t tT t0.
have L1 : 1 <= L ^+ 2.
  have : 0 <= L ^+ 2 - 4 by rewrite (le_trans _ (ltW hL)) // mulr_ge0 ?ler0n.
  by rewrite subr_ge0; apply: le_trans; rewrite ler1n.
apply: le_lt_trans (form_bound rho t L1) _; have := bound t tT; rewrite sq_parts addrC addKr.
have [C0 B0] := (column_ge0 t, rest_ge0 t).
have pos : 0 < column t + rest t.
  rewrite lt_def addr_ge0 // andbT; apply: contraNneq t0 => o; have := bound t tT.
  rewrite sq_parts addrC addKr o mulr0 => x0; have /eqP : sq t = 0.
    by apply/eqP; rewrite eq_le sq_ge0 andbT sq_parts o addr0.
  by rewrite sq_eq0.
rewrite -addrA -opprD subr_lt0 => le; apply: (@le_lt_trans _ _ (3 * (c * (column t + rest t)))).
  by rewrite ler_wpM2l ?ler0n.
rewrite mulrA mulrDr; have [C1|C1] := eqVneq (column t) 0.
  rewrite C1 !mulr0 !add0r ltr_pM2r //; by move: pos; rewrite C1 add0r.
by apply: ltr_leD; [rewrite ltr_pM2r // lt_def C1|apply: ler_wpM2r => //; apply: ltW].
Qed.
End Missing.
