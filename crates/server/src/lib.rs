//! What Tongguan serves over HTTP: the counter (API and console) and a witness of transparency logs.
//!
//! [`router`] makes the routes of the counter out of [`Parts`]: the case store, the doors, the law, and what the binary brings.
//! Pages and API are two ways to the same desk. Nothing here reads a clock or writes SQL; who may do what is said by policies, what
//! may happen to a case by its procedure. [`Counter::tell`] turns what happened into letters for the post.

mod api;
mod assets;
mod charts;
pub mod demo;
mod desk;
mod house;
mod http;
mod metrics;
mod pages;
mod ports;
mod problem;
mod render;
mod routes;
mod say;
mod tell;
mod view;
mod who;
pub mod witness;
mod words;

pub use house::{Installation, Now, Parts, Signers};
pub use ports::{Scan, Scanned, Scanning};
pub use routes::{Counter, Tls, router, serve};
