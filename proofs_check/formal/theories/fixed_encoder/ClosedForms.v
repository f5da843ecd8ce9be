(** * Closed forms at every critical point with B fixed *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors Descent.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section ClosedForms.
Variables (R : realFieldType) (m k l n d : nat).
Variables (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Implicit Types (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) (Z : 'M[R]_(m, l)) (P : 'M[R]_m).

(** ** The projector onto the columns of D exists, and is unique *)
Theorem projector_exists D : exists P, projects_onto P D.
Proof.
have [T] := projector D => DT [PT PP PD]; exists (T *m D^T).
by split=> //; exists T^T.
Qed.

Theorem projector_unique D P P' : projects_onto P D -> projects_onto P' D -> P = P'.
Proof.
move=> [PT _ PD [T PE]] [PT' _ PD' [T' PE']].
have PP' : P *m P' = P' by rewrite PE' mulmxA PD.
have P'P : P' *m P = P by rewrite PE mulmxA PD'.
by rewrite -PT -P'P trmx_mul PT PT' PP'.
Qed.

(** A vector is orthogonal to the columns of D if and only if P takes it to 0. *)
Lemma projects_perp D P : projects_onto P D -> D^T *m P = D^T.
Proof. by move=> [PT _ PD _]; rewrite -{1}PT -trmx_mul PD. Qed.

Lemma projects_left D P : projects_onto P D -> exists T, P = T *m D^T.
Proof. by move=> [PT _ _ [T PE]]; exists T^T; rewrite -PT PE trmx_mul. Qed.

(** ** The pseudo-inverse gives a solution Z, and the Sigma of the claim *)
Theorem pseudo_inverse_solves (G' : 'M[R]_l) :
  pseudo_inverse (B *m X *m (B *m X)^T) G' ->
  let Z := Y *m (B *m X)^T *m G' in
  solves B X Y Z /\ signal_by B X Z = Y *m (B *m X)^T *m G' *m (B *m X) *m Y^T.
Proof.
rewrite /solves /signal_by; move: (B *m X) => A [inv _ _ sym] /=; set Z := _ *m G'.
have fix_A : A^T *m (G' *m (A *m A^T)) = A^T.
  set M := G' *m (A *m A^T) - 1%:M; have AM : A *m A^T *m M = 0.
    by rewrite mulmxBr mulmx1 mulmxA inv subrr.
  have /(congr1 trmx) : M^T *m A = 0.
    by apply: mulXT_eq0; rewrite -mulmxA -[RHS]trmx0 -AM 2!trmx_mul trmxK.
  by rewrite trmx_mul trmxK trmx0 mulmxBr mulmx1 => /eqP; rewrite subr_eq0 => /eqP.
have ZG : Z *m (A *m A^T) = Y *m A^T by rewrite -!mulmxA fix_A.
split=> //; have ZT : A *m Y^T = A *m A^T *m Z^T.
  by rewrite -[in LHS](trmxK A) -trmx_mul -ZG 2!trmx_mul trmxK.
by rewrite trmx_mul mulmxA -(mulmxA Z) -(mulmxA Z) -ZT !mulmxA.
Qed.

(** ** The three facts *)
Section Critical.
Variables (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) (Z : 'M[R]_(m, l)) (P : 'M[R]_m).
Hypotheses (crit : critical B X Y D E) (Zeq : solves B X Y Z) (PD : projects_onto P D).
Let N := Z *m (B *m X).

Lemma critical_product_form : D *m E *m (B *m X) = P *m N.
Proof.
have [_ _ fixD _] := PD; have [T PE] := projects_left PD; have [_ /gradient_E0 cE] := crit.
by rewrite PE -(mulmxA T) (DTN Zeq cE) !mulmxA -PE fixD.
Qed.

(** (1 - P) Sigma P = 0. *)
Lemma critical_cross : (1%:M - P) *m (signal_by B X Z *m P) = 0.
Proof.
have [PT _ _ [T PE]] := PD; have [/gradient_D0 cD /gradient_E0 cE] := crit.
have DV : D^T *m (1%:M - P) = 0 by rewrite mulmxBr mulmx1 projects_perp // subrr.
have := perp_orth Zeq cD cE DV; rewrite linearB /= trmx1 PT => h.
have -> : signal_by B X Z *m P = N *m (D^T *m N)^T *m T.
  by rewrite PE /signal_by -/N [(D^T *m N)^T]trmx_mul trmxK !mulmxA.
by rewrite mulmxA (mulmxA (1%:M - P)) h mul0mx.
Qed.

Lemma critical_signal : signal_by B X Z *m P = P *m signal_by B X Z *m P.
Proof.
by apply/eqP; rewrite -subr_eq0 -mulmxA -{1}[_ *m P]mul1mx -mulmxBl critical_cross.
Qed.
End Critical.

(** P Sigma = Sigma P. *)
Theorem critical_commutes D E Z P : critical B X Y D E -> solves B X Y Z ->
  projects_onto P D -> P *m signal_by B X Z = signal_by B X Z *m P.
Proof.
move=> crit Zeq PD; have [PT _ _ _] := PD; have h := critical_signal crit Zeq PD.
have sT : (signal_by B X Z)^T = signal_by B X Z by rewrite /signal_by trmx_mul trmxK.
move: (signal_by B X Z) h sT => S h sT.
by have := congr1 trmx h; rewrite !trmx_mul PT sT mulmxA -h.
Qed.

(** D E X~ = P Z X~. *)
Theorem critical_product D E Z P : critical B X Y D E -> solves B X Y Z ->
  projects_onto P D -> D *m E *m (B *m X) = P *m Z *m (B *m X).
Proof. by move=> crit Zeq PD; rewrite (critical_product_form crit Zeq PD) mulmxA. Qed.

(** L = tr Y Y^T - tr P Sigma. *)
Theorem critical_loss D E Z P : critical B X Y D E -> solves B X Y Z ->
  projects_onto P D -> loss B X Y D E = \tr (Y *m Y^T) - \tr (P *m signal_by B X Z).
Proof.
move=> crit Zeq PD; have [PT PP _ _] := PD.
rewrite loss_residual /residual (critical_product_form crit Zeq PD); set N := Z *m _.
have YN : <[Y, P *m N]> = <[N, P *m N]>.
  by have := ipYN Zeq 1%:M (P *m Z); rewrite !mul1mx -mulmxA.
rewrite sqB YN -proj_sq // /signal_by -/N mulmxA -/(ip (P *m N) N) ipC -proj_sq //.
rewrite -/(ip Y Y) -/(sq Y); move: (sq Y) (sq _) => a b; ring.
Qed.
End ClosedForms.
