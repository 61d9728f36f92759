//! Who is one person: joins the handler declares, and key spaces that cannot be compared (I5).

mod support;

use clearance::PersonCounts;
use support::{Desk, USUAL, transfer};

const ORDERS: &str = "[[source]]\npath = \"orders.csv\"\n";

/// Customers and orders, with what is said of the orders' subjects.
async fn count(desk: &Desk, subjects: &str, out: &str) -> PersonCounts {
    let subjects = format!("[[subject]]\nsource = \"people\"\nkey = [\"cust_id\"]\n{subjects}");
    let usual = USUAL.replace("[[subject]]\nkey = [\"cust_id\"]\n", &subjects);
    let fields = "[[field]]\nsource = \"orders\"\nname = \"order_id\"\nneed = \"keep\"\n";
    let text = transfer(&[("gender", "keep")], &format!("{usual}{ORDERS}{fields}"), out);
    desk.released(&text).await.assessment.persons.expect("persons")
}

fn tables(desk: &Desk) {
    desk.write(
        "people.csv",
        "cust_id,name,mobile,gender\nA1,王伟,13800138000,F\nA2,李娜,13800138001,M\nA3,李娜,13800138001,F\n",
    );
    desk.write(
        "orders.csv",
        "order_id,cust_id,consignee,consignee_mobile,amount\n\
         1,A1,王伟,+86 138 0013 8000,1\n2,A1,赵敏,13800138000,2\n3,A2,李娜,138-0013-8001,3\n4,A2,孙丽,,4\n5,A2,,13911139111,5\n",
    );
}

#[tokio::test]
async fn i5_a_declared_join_counts_nobody_twice_and_nobody_less() {
    let desk = Desk::new();
    tables(&desk);
    let customer = "[[subject]]\nsource = \"orders\"\nkey = [\"cust_id\"]\n";
    let both = count(&desk, customer, "a").await;
    assert_eq!((both.distinct, both.exact), (3, true), "the same key joins tables");
    let consignee = "[[subject]]\nsource = \"orders\"\nkey = [\"consignee_mobile\"]\n";
    let apart = count(&desk, &format!("{customer}{consignee}"), "b").await;
    // Three phones that join nothing, and one row without.
    assert_eq!((apart.distinct, apart.exact), (3 + 3 + 1, false), "phones do not join by themselves");
    let joined = count(&desk, &format!("{customer}{consignee}join = [\"name\", \"mobile\"]\n"), "c").await;
    // 王伟 and 李娜 are customers; 赵敏 has a customer's phone and another name; one row has no phone, one no name.
    assert_eq!((joined.distinct, joined.exact), (3 + 1 + 1 + 1, false));
    let nobody = format!("{customer}{consignee}join = [\"consignee\"]\n");
    let usual = format!("[[subject]]\nsource = \"people\"\nkey = [\"cust_id\"]\n{nobody}");
    let text = transfer(
        &[("gender", "keep")],
        &format!(
            "{}{ORDERS}[[field]]\nsource = \"orders\"\nname = \"order_id\"\nneed = \"keep\"\n",
            USUAL.replace("[[subject]]\nkey = [\"cust_id\"]\n", &usual)
        ),
        "e",
    );
    desk.fails(&text, "finds no other subject whose source has such columns").await;
}

/// (e) A join learnt later lowers no count already used.
#[tokio::test]
async fn i5_a_join_learnt_later_lowers_nothing() {
    let desk = Desk::new();
    tables(&desk);
    let subjects = "[[subject]]\nsource = \"orders\"\nkey = [\"consignee_mobile\"]\n";
    let before = count(&desk, subjects, "a").await.ordinary.after;
    let after = count(&desk, &format!("{subjects}join = [\"name\", \"mobile\"]\n"), "b").await.ordinary.after;
    assert!(after >= before, "{after} < {before}");
    assert_eq!(desk.tally().await.ordinary(), after);
}

/// One person under keys of two classes stands twice, and the number says that it is an upper bound.
#[tokio::test]
async fn i5_keys_of_two_spaces_make_an_upper_bound() {
    let desk = Desk::new();
    let run = async |table: &str, key: &str, out: &str| {
        desk.write("people.csv", table);
        let text = transfer(&[("gender", "keep")], &USUAL.replace("cust_id", key), out);
        desk.released(&text).await.assessment.persons.expect("persons")
    };
    let first = run("cust_id,gender\nA1,F\n", "cust_id", "a").await;
    assert!(first.exact);
    let second = run("passport,gender\nE12345678,F\n", "passport", "b").await;
    assert_eq!((second.ordinary.after, second.exact), (2, false), "perhaps one person, perhaps two");
}
