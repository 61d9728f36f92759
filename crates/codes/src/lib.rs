//! Class ids and labels, check digits and code tables: the vocabulary of the house.
