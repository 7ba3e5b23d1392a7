//! GitHub, as a server on the loopback plays it: who we are to it, how fast, what goes wrong, and what must never happen.

mod actions;
mod bench;
mod conversations;
mod cost;
mod day;
mod description;
mod facts;
mod faults;
mod fleet;
mod git;
mod gpu;
mod hosted;
mod http;
mod identity;
mod issues;
mod limits;
mod login;
mod merged;
mod network;
mod pulls;
mod rests;
mod routes;
mod run;
mod safety;
mod secrets;
mod server;
mod setup;
mod shared;
mod state;
mod stays;
mod together;
mod turns;
mod whole;

pub(crate) use bench::{app, bench, connect, seed};
pub(crate) use server::Server;
pub(crate) use state::UPSTREAM;
