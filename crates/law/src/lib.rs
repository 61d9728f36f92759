//! The rule base and its three-valued evaluation, working days and statutory clocks.
