//! The HTTP API, asked in process on both databases. Every answer is held against the document.

mod attack;
mod document;
mod errors;
mod files;
mod law;
mod oidc;
mod pages;
mod people;
mod roles;
mod support;
mod walk;
mod webhooks;

#[path = "../../../post/tests/support/mod.rs"]
mod receiver;
