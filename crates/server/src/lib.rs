//! What Tongguan serves over HTTP: for now a witness of transparency logs.
//!
//! It knows no rule of law and no SQL. What is answered is decided by the libraries below; here requests are bounded, carried in
//! and out, and brought to an end.

mod witness;

pub use witness::{BODY_TIMEOUT, Clock, router, serve};
