//! Seeded generators of example tables; every value is made up.
