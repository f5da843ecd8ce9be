(** * Claims S3.1 and S3.2: the encoder and the range of the decoder at a critical point *)
From mathcomp Require Import all_ssreflect all_algebra.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section CriticalPoints.
Variable R : realFieldType.

(** ** The elimination, and the projection *)
(** Every D has an elimination; r is its rank. *)
Theorem elimination_exists m k l (D : 'M[R]_(m, k)) (E : 'M_(k, l)) :
  exists r s (k_rs : k = (r + s)%N) (Dt : 'M_(m, r)) (Et : 'M_(r, l)),
    eliminated (castmx (erefl, k_rs) D) (castmx (k_rs, erefl) E) Dt Et.
Proof.
(* D = L (1 0; 0 0) U with L and U invertible *)
have [r [s [k_rs [L [U [rm LU D_LU]]]]]] :
    exists r s (k_rs : k = (r + s)%N) (L : 'M[R]_m) (U : 'M[R]_k),
    [/\ (r <= m)%N, (L \in unitmx) && (U \in unitmx) & D = L *m pid_mx r *m U].
  exists (\rank D), (k - \rank D)%N; have k_rs : k = (\rank D + (k - \rank D))%N.
    by rewrite subnKC ?rank_leq_col.
  exists k_rs, (col_ebase D), (row_ebase D).
  by rewrite rank_leq_row col_ebase_unit row_ebase_unit mulmx_ebase.
exists r, s, k_rs; subst k; rewrite !castmx_id; case/andP: LU => L_unit U_unit.
pose Dt := L *m (pid_mx r : 'M_(m, r)); exists Dt, (usubmx (U *m E)); split.
  by rewrite /Dt eqmxMfull ?row_full_unit // rank_pid_mx.
exists (invmx U); first by rewrite unitmx_inv.
split; last by rewrite invmxK.
rewrite D_LU mulmxK // -[LHS]hsubmxK; congr row_mx.
  rewrite /Dt -mulmx_lsub; congr (_ *m _); apply/matrixP => i j; rewrite !mxE.
  by [].
rewrite -mulmx_rsub (_ : rsubmx _ = 0) ?mulmx0 //; apply/matrixP => i j; rewrite !mxE /=.
by case: eqP => // ->; rewrite ltnNge leq_addr.
Qed.

Section Elimination.
Variables (m r s l : nat) (D : 'M[R]_(m, r + s)) (E : 'M[R]_(r + s, l)).
Variables (Dt : 'M[R]_(m, r)) (Et : 'M[R]_(r, l)).
Hypothesis elim : eliminated D E Dt Et.

Lemma eliminated_product : Dt *m Et = D *m E.
Proof.
case: elim => _ [C C_unit [DC ->]].
rewrite -[in RHS](mulmx1 D) -(mulmxV C_unit) mulmxA DC -mulmxA.
by rewrite -[in RHS](vsubmxK (invmx C *m E)) mul_row_col mul0mx addr0.
Qed.

(** The gradients in (D~, E~) vanish with those in (D, E). *)
Lemma eliminated_decoder : exists U, Dt = D *m U.
Proof.
case: elim => _ [C _ [DC _]]; exists (lsubmx C).
by rewrite mulmx_lsub DC row_mxKl.
Qed.
Lemma eliminated_encoder : exists V, Et = V *m E /\ D = Dt *m V.
Proof.
case: elim => _ [C C_unit [DC ->]]; exists (usubmx (invmx C)).
split; first by rewrite mul_usub_mx.
rewrite -[LHS](mulmxK C_unit) DC -[in LHS](vsubmxK (invmx C)) mul_row_col mul0mx addr0 //.
Qed.

Lemma full_gram : Dt^T *m Dt \in unitmx.
Proof.
case: elim => rank_r _; rewrite -row_free_unit -kermx_eq0; apply/eqP.
set K := kermx _; have /mulXT_eq0 KDt : K *m Dt^T *m (Dt^T)^T = 0.
  by rewrite trmxK -mulmxA mulmx_ker.
by apply/eqP; rewrite -(mulmx_free_eq0 K (_ : row_free Dt^T)) ?KDt // /row_free mxrank_tr rank_r.
Qed.

(** P_D~ is the orthogonal projection onto the columns of D~. *)
Theorem projection_is_orthogonal : let P := projection Dt in
  [/\ P^T = P, P *m P = P & P *m Dt = Dt].
Proof.
have fixes : projection Dt *m Dt = Dt by rewrite /projection -mulmxA mulmxKV ?full_gram.
split=> //; last by rewrite {2}/projection !mulmxA fixes.
by rewrite /projection !trmx_mul trmxK trmx_inv trmx_mul trmxK mulmxA.
Qed.
End Elimination.

(** ** At a critical point *)
Section Network.
Variables (m r s l n d : nat) (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variables (D : 'M[R]_(m, r + s)) (E : 'M[R]_(r + s, l)) (Dt : 'M[R]_(m, r)) (Et : 'M[R]_(r, l)).
Hypothesis elim : eliminated D E Dt Et.
Local Notation Xt := (B *m X).

Let two_neq0 : (2 : R) != 0. Proof. by rewrite pnatr_eq0. Qed.

Lemma thin_gradient_E : gradient_E B X Y D E = 0 ->
  Dt^T *m (Dt *m Et *m Xt) *m Xt^T = Dt^T *m Y *m Xt^T.
Proof.
move/eqP; rewrite /gradient_E scaler_eq0 (negPf two_neq0) /= => /eqP flat.
apply/eqP; rewrite -subr_eq0 -mulmxBl -mulmxBr (eliminated_product elim) (mulmxA (D *m E)).
by have [U ->] := eliminated_decoder elim; rewrite trmx_mul -!(mulmxA U^T) flat mulmx0.
Qed.

Lemma thin_gradient_D : gradient_D B X Y D E = 0 ->
  Dt *m Et *m Xt *m (Et *m Xt)^T = Y *m (Et *m Xt)^T.
Proof.
move/eqP; rewrite /gradient_D scaler_eq0 (negPf two_neq0) /= => /eqP flat.
apply/eqP; rewrite -subr_eq0 -mulmxBl (eliminated_product elim) (mulmxA (D *m E)).
have [V [-> _]] := eliminated_encoder elim.
by rewrite -!(mulmxA V) trmx_mul (mulmxA E) mulmxA flat mul0mx.
Qed.

(** Claim S3.1. Only the gradient in E has to vanish. *)
Theorem encoder_at_critical_point :
  Xt *m Xt^T \in unitmx -> gradient_E B X Y D E = 0 ->
  Et = invmx (Dt^T *m Dt) *m Dt^T *m Y *m Xt^T *m invmx (Xt *m Xt^T) /\
  Dt *m Et = projection Dt *m Y *m Xt^T *m invmx (Xt *m Xt^T).
Proof.
move=> G_unit flat.
have Et_is : Et = invmx (Dt^T *m Dt) *m Dt^T *m Y *m Xt^T *m invmx (Xt *m Xt^T).
  rewrite -!(mulmxA (invmx _)) -thin_gradient_E //; move: (Xt) G_unit => x G_unit.
  by rewrite -!mulmxA (mulmxA x) mulmxV // mulmx1 (mulmxA Dt^T) mulKmx // (full_gram elim).
by split=> //; rewrite {1}Et_is /projection !mulmxA.
Qed.

(** In the place of Claim S3.2 (1), which asks for the inverse of E~ X~ X~^T E~^T. *)
Theorem decoder_normal_equation : gradient_D B X Y D E = 0 ->
  Dt *m (Et *m Xt *m Xt^T *m Et^T) = Y *m Xt^T *m Et^T.
Proof. 
by move/thin_gradient_D; move: (Xt) => x; rewrite trmx_mul !mulmxA. Qed.

(** Claim S3.2 (2). *)
Theorem projection_commutes (Z : 'M[R]_(m, l)) : solves B X Y Z ->
  gradient_D B X Y D E = 0 -> gradient_E B X Y D E = 0 ->
  let P := projection Dt in let S := signal_by B X Z in
  P *m S = S *m P /\ S *m P = P *m S *m P.
Proof.
have [PT PP PD] := projection_is_orthogonal elim.
move=> Z_solves /thin_gradient_D flat_D /thin_gradient_E flat_E; move: Z_solves flat_D flat_E.
rewrite /solves /signal_by /=; move: (Xt) => x Z_solves flat_D flat_E.
(* P Z X~ = D~ E~ X~ *)
have PZ : projection Dt *m Z *m x = Dt *m Et *m x.
  apply/eqP; rewrite -subr_eq0 -mulmxBl; apply/eqP/mulXT_eq0.
  rewrite -mulmxA mulmxBl -(mulmxA _ Z) Z_solves.
  rewrite {1}/projection -(mulmxA _ Dt^T) (mulmxA Dt^T) -flat_E !mulmxA -/(projection Dt).
  by rewrite PD subrr.
move: (projection Dt) PT PZ => P PT PZ; set S := Z *m x *m _.
have SP : S *m P = P *m S *m P.
  have -> : S *m P = Z *m x *m (P *m Z *m x)^T by rewrite /S !trmx_mul PT !mulmxA.
  have -> : P *m S *m P = P *m Z *m x *m (P *m Z *m x)^T by rewrite /S !trmx_mul PT !mulmxA.
  rewrite PZ -(mulmxA Dt) [(Dt *m _)^T]trmx_mul !mulmxA flat_D.
  by rewrite trmx_mul !mulmxA -(mulmxA Z) Z_solves.
have ST : S^T = S by rewrite /S trmx_mul trmxK.
clearbody S; by split=> //; have := congr1 trmx SP; rewrite !trmx_mul PT ST mulmxA SP.
Qed.
End Network.

(** ** Claim S3.2 (1) is refuted

    n = m = d = 2, k = l = 1, X = Y = I, B = (1 0), D = (0 1)^T, E = 0: a critical point at which
    the hypotheses hold, D~ = D, E~ = E, and the matrix to be inverted is 0. *)
Theorem encoder_without_inverse :
  exists (B : 'M[R]_(1, 2)) (X Y : 'M_2) (D : 'M_(2, 1 + 0)) (E : 'M_(1 + 0, 1)),
  [/\ B *m X *m (B *m X)^T \in unitmx, \rank (signal B X Y) = 1%N,
      gradient_D B X Y D E = 0 & gradient_E B X Y D E = 0] /\
  eliminated D E (D : 'M_(2, 1)) (E : 'M_(1, 1)) /\
  E *m (B *m X) *m (B *m X)^T *m E^T \notin unitmx.
Proof.
pose B : 'M[R]_(1, 2) := delta_mx 0 0; pose D : 'M[R]_(2, 1 + 0) := delta_mx 1 0.
have BB : B *m B^T = 1%:M.
  by rewrite /B trmx_delta mul_delta_mx; apply/matrixP => i j; rewrite !ord1 !mxE.
exists B, 1%:M, 1%:M, D, 0; split; [split|split].
- by rewrite mulmx1 BB unitmx1.
- rewrite /signal !mulmx1 mul1mx BB invmx1 mulmx1 trmx1 mulmx1 /B trmx_delta mul_delta_mx.
  exact: mxrank_delta.
- by rewrite /gradient_D !mul0mx trmx0 mulmx0 scaler0.
- rewrite /gradient_E !(mulmx0, mul0mx) sub0r mulmx1 mulmxN mulmx1 mulNmx /D /B !trmx_delta.
  by rewrite mul_delta_mx_0 ?oppr0 ?scaler0.
- split; first exact: mxrank_delta.
  exists 1%:M; rewrite ?unitmx1 // invmx1 mul1mx linear0 mulmx1; split=> //.
  apply/matrixP => i j; rewrite [RHS]mxE.
  by case: splitP => [j' jj|[]//]; congr (D i _); apply/val_inj.
by rewrite !mul0mx unitmxE det0 unitr0.
Qed.
End CriticalPoints.
