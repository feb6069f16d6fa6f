//! Evenings in front of the television, told with a clock of their own: what is pressed, what is
//! put into the reader, what the town sends, and what the screen shows.

#![expect(unreachable_pub, reason = "parts of one test program")]

mod advice;
mod answering;
mod bad_days;
mod card;
mod card_menu;
mod card_trouble;
mod check_in;
mod diagnosis;
mod duty;
mod first_start;
mod heartbeat;
mod help;
mod invariants;
mod key_lock;
mod late_store;
mod login;
mod pages;
mod password;
mod phrases;
mod services;
mod several_orders;
mod start_over;
mod statements;
mod takeover;
mod takeover_keys;
mod television;
mod town;
mod upkeep;
mod watching;
