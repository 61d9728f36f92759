//! What the house sends out by itself: webhooks to programs and mail to people.
//!
//! A letter is written down first, in the database the rest is kept in, and tried until it arrives or there is no more use in it; the
//! same letter is written down once, however often it is asked for. What stands in a letter is the caller's; this crate knows no case.
//! Webhooks are signed and sent as Standard Webhooks 1.0.0 says (standardwebhooks.com): whoever receives them can use its libraries.

mod address;
mod courier;
mod error;
mod hook;
mod hooks;
mod house;
mod letters;
mod mail;
mod retry;
mod sign;
mod web;

pub use address::Reach;
pub use error::PostError;
pub use hook::{Change, Hook, HookId, NewHook, Shown, Status};
pub use house::Post;
pub use letters::{Content, Delivery, Letter, LetterId, State};
pub use mail::{Mail, Smtp};
pub use sign::{sign, verify};
