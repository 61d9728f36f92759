//! Recognisers for values, columns and free text.
