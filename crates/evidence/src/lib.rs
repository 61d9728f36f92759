//! Transparency log, signed notes, proofs and their offline verification.
