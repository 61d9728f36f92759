//! The main job: inspect, assess, plan, count, release; keys, tally and state folder.
