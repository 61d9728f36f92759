//! Words that bound an address.

words! {
    /// Words that begin what stands after an address.
    NEXT_FIELD: &["电话", "手机", "收件", "收货", "联系", "姓名", "邮编", "邮箱", "身份", "客户", "签收", "备注", "快递", "订单", "银行", "信用社", "为", "与", "是"];
}
