//! Transforms that bring a value to the form in which it may leave.
