(** * A better plane: the weights that read two inputs, doubled *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors.
From Butterfly Require Import PlantedPlanes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Better.
Variables (R : realFieldType) (m k q n d : nat).
Variables (e : 'M[R]_(k, n)) (z : 'M[R]_(q, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variables (a1 a2 : 'I_k) (b1 b2 : 'I_q) (rho L kappa : R).
Local Notation norms := (except_at b1 1 (rho ^+ 2)).
Local Notation inside := (except_at a1 1 (L ^+ 2)).
Local Notation outside := (except_at b1 4 0).
Hypothesis orthogonal : planted e z X Y norms inside outside.
Variables i j : 'I_n.
Hypotheses (ei : col i e = delta_mx a1 0) (ej : col j e = delta_mx a2 0) (a12 : a1 != a2).
Hypotheses (b12 : b1 != b2) (z1 : row b1 z = row a2 e + delta_mx 0 j).
Hypothesis z2 : row b2 z = row a1 e + delta_mx 0 i - kappa *: row a2 e.
Let W := e *m diag_mx (\row_c (if c \in [:: i; j] then 2 else 1)).

Lemma delta_mulE k' p n' (M : 'M[R]_(p, n')) (a : 'I_k') b a' c :
  (delta_mx a b *m M) a' c = (a' == a)%:R * M b c.
Proof.
rewrite mxE (bigD1 b) //= big1 ?addr0 => [|h hb]; rewrite !mxE ?eqxx ?andbT //.
by rewrite (negPf hb) andbF mul0r.
Qed.

Let others : 'rV[R]_k := \row_a (a \notin [:: a1; a2])%:R.
Let M1 := diag_mx others + kappa *: delta_mx a1 a2.
Let M2 : 'M[R]_(k, q) := delta_mx a1 b2 + delta_mx a2 b1.

Lemma entry_i a : e a i = (a == a1)%:R.
Proof. by have /colP/(_ a) := ei; rewrite !mxE eqxx andbT. Qed.
Lemma entry_j a : e a j = (a == a2)%:R.
Proof. by have /colP/(_ a) := ej; rewrite !mxE eqxx andbT. Qed.
Lemma distinct : i != j.
Proof.
apply/eqP => ij; have := entry_j a1; rewrite -ij entry_i eqxx (negPf a12) => /eqP.
by rewrite oner_eq0.
Qed.

Lemma doubled_plane : W = M1 *m e + M2 *m z.
Proof.
apply/matrixP => a c.
have -> : W a c = e a c * (if c \in [:: i; j] then 2 else 1).
  by rewrite /W mul_mx_diag mxE; congr (_ * _); rewrite mxE.
have -> : (M1 *m e + M2 *m z) a c = (a \notin [:: a1; a2])%:R * e a c
    + kappa * ((a == a1)%:R * e a2 c) + ((a == a1)%:R * z b2 c + (a == a2)%:R * z b1 c).
  rewrite mxE /M1 /M2 !mulmxDl [X in X + _]mxE [X in _ + X]mxE -scalemxAl !delta_mulE mul_diag_mx.
  rewrite [X in _ + X + _]mxE delta_mulE; congr (_ + _ + _).
  by rewrite mxE; congr (_ * _); rewrite mxE.
have /rowP/(_ c) := z1; have /rowP/(_ c) := z2; rewrite !mxE eqxx /= => -> ->; rewrite !inE.
have [ci|ci] := eqVneq c i.
  rewrite ci (negPf distinct) !entry_i eqxx (eq_sym a2) (negPf a12) /=.
  by case: (eqVneq a a1) => [->|_]; rewrite ?(negPf a12) /=; [ring|case: (a == a2) => /=; ring].
have [cj|cj] := eqVneq c j.
  rewrite cj !entry_j eqxx (negPf a12) /=.
  case: (eqVneq a a1) => [->|_]; rewrite ?(negPf a12) /=; first by ring.
  by case: (a == a2) => /=; ring.
case: (eqVneq a a1) => [->|aa1]; rewrite ?(negPf a12) /=; first by ring.
by case: (eqVneq a a2) => [->|aa2] /=; ring.
Qed.

(** The products of these combinations. *)
Lemma delta_diag k' p (s : 'rV[R]_p) (a : 'I_k') b :
  delta_mx a b *m diag_mx s = s 0 b *: delta_mx a b.
Proof.
apply/matrixP => a' b'; rewrite mul_mx_diag !mxE.
by case: (eqVneq b' b) => [->|_]; rewrite ?andbF ?mulr0 ?mul0r // mulrC.
Qed.
Lemma diag_delta k' p (s : 'rV[R]_p) (a : 'I_p) (b : 'I_k') :
  diag_mx s *m delta_mx a b = s 0 a *: delta_mx a b.
Proof.
apply/matrixP => a' b'; rewrite mul_diag_mx !mxE.
by case: (eqVneq a' a) => [->|_]; rewrite ?mulr0.
Qed.

Lemma others_square (s : 'rV[R]_k) (h : 'rV_q) :
  M1 *m diag_mx s *m M1^T + M2 *m diag_mx h *m M2^T =
  diag_mx (\row_a (if a == a1 then kappa ^+ 2 * s 0 a2 + h 0 b2 else
                   if a == a2 then h 0 b1 else s 0 a)).
Proof.
have M1T : M1^T = diag_mx others + kappa *: delta_mx a2 a1.
  by rewrite /M1 linearD /= tr_diag_mx linearZ /= trmx_delta.
have M2T : M2^T = delta_mx b2 a1 + delta_mx b1 a2 by rewrite /M2 linearD /= !trmx_delta.
have o2 : others 0 a2 = 0 by rewrite mxE !inE eqxx orbT.
have -> : M1 *m diag_mx s *m M1^T =
    diag_mx others *m diag_mx s *m diag_mx others + (kappa ^+ 2 * s 0 a2) *: delta_mx a1 a1.
  rewrite M1T /M1 mulmxDl -scalemxAl delta_diag mulmxDl !mulmxDr; congr (_ + _).
    rewrite -scalemxAr mulmx_diag diag_delta mxE o2 mul0r scale0r scaler0 addr0.
    by rewrite mulmx_diag.
  rewrite -!scalemxAl delta_diag o2 scale0r !scaler0 add0r -!scalemxAr mul_delta_mx !scalerA.
  by congr (_ *: _); ring.
have -> : M2 *m diag_mx h *m M2^T = h 0 b2 *: delta_mx a1 a1 + h 0 b1 *: delta_mx a2 a2.
  rewrite M2T /M2 mulmxDl !delta_diag mulmxDl !mulmxDr -!scalemxAl !mul_delta_mx_cond.
  by rewrite !eqxx eq_sym (negPf b12) !mulr1n !mulr0n !scaler0 addr0 add0r.
rewrite !mulmx_diag; apply/matrixP => a c; rewrite !mxE !inE.
have [<-|ac] := eqVneq a c; rewrite ?mulr1n ?mulr0n.
  rewrite !andbb; case: (eqVneq a a1) => [->|aa1]; rewrite ?(negPf a12) /=; first by ring.
  by case: (eqVneq a a2) => [->|aa2] /=; ring.
have [a1c|_] := eqVneq a a1; have [a2c|_] := eqVneq a a2;
  rewrite ?andbF ?mulr0 ?addr0 //= -?a1c -?a2c 1?eq_sym ?(negPf ac) ?mulr0 ?addr0 //.
Qed.

Lemma better_gram : W *m X *m (W *m X)^T = diag_mx (except_at a1 (kappa ^+ 2 + rho ^+ 2) 1).
Proof.
have [[ee ez zz] _] := planted_blocks orthogonal.
rewrite doubled_plane combined_gram // ee zz -diag_const_mx others_square.
congr diag_mx; apply/rowP => a; rewrite !mxE eqxx (eq_sym b2) (negPf b12) mulr1.
by case: (eqVneq a a1) => // _; case: ifP.
Qed.

Lemma better_targets : W *m X *m Y^T *m (W *m X *m Y^T)^T =
  diag_mx (\row_a (if a == a1 then kappa ^+ 2 * L ^+ 2 else if a == a2 then 4 else L ^+ 2)).
Proof.
have [_ [ee ez zz]] := planted_blocks orthogonal.
rewrite doubled_plane -!(mulmxA _ X) combined_gram !(mulmxA _ X) // ee zz others_square.
congr diag_mx; apply/rowP => a; rewrite !mxE eqxx !(eq_sym _ b1) (negPf b12) mulr0 addr0 mul1r.
by rewrite (eq_sym a2) (negPf a12); case: (eqVneq a a1) => // _; case: ifP.
Qed.

Hypothesis bend : 0 < kappa ^+ 2 + rho ^+ 2.
Lemma better_unit : W *m X *m (W *m X)^T \in unitmx.
Proof.
rewrite better_gram unitmxE det_diag unitfE; apply/prodf_neq0 => a _; rewrite mxE.
by case: (a == a1); [rewrite gt_eqF|rewrite oner_eq0].
Qed.

Theorem better_plane :
  gain X Y W - gain X Y e = 3 - rho ^+ 2 * L ^+ 2 / (kappa ^+ 2 + rho ^+ 2).
Proof.
have [[ee _ _] [ii _ _]] := planted_blocks orthogonal.
rewrite /gain better_gram better_targets ee ii invmx1 mul1mx.
pose g := kappa ^+ 2 + rho ^+ 2; have g0 : g != 0 by rewrite gt_eqF.
have -> : invmx (diag_mx (except_at a1 g 1)) = diag_mx (except_at a1 g^-1 1).
  have inv : diag_mx (except_at a1 g 1) *m diag_mx (except_at a1 g^-1 1) = 1%:M.
    rewrite mulmx_diag -diag_const_mx; congr diag_mx; apply/rowP => a; rewrite !mxE.
    by case: ifP; rewrite ?divff ?mulr1.
  have [unit _] := mulmx1_unit inv.
  by rewrite -[LHS]mulmx1 -inv mulmxA mulVmx ?mul1mx.
rewrite mulmx_diag !mxtrace_diag -sumrB (bigD1 a1) //= (bigD1 a2) /=; last by rewrite eq_sym.
rewrite big1 ?addr0 => [|a /andP[aa1 aa2]]; last first.
  by rewrite !mxE (negPf aa1) (negPf aa2) mul1r subrr.
rewrite !mxE !eqxx eq_sym (negPf a12) -/g mul1r.
have -> : kappa ^+ 2 = g - rho ^+ 2 by rewrite /g addrK.
by move: g g0 (rho ^+ 2) (L ^+ 2) => h h0 x y; field.
Qed.
End Better.
