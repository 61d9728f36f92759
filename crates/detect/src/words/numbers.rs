//! Words that stand before or after a number and tell whose or what it is.

words! {
    /// Words after which a number is that of a thing: an order, a parcel, a batch.
    THINGS: &[
        "订单",
        "订单号",
        "订单编号",
        "单号",
        "运单号",
        "运单",
        "快递",
        "快递单号",
        "物流单号",
        "批次",
        "批次号",
        "批号",
        "型号",
        "合同编号",
        "合同号",
        "流水号",
        "流水",
        "发票号",
        "发票",
        "序列号",
        "货号",
        "积分",
        "里程",
        "编码",
        "工单",
        "工单号",
        "编号",
        "票号",
        "SKU",
        "sku",
        "LOT",
        "lot",
        "order",
        "Order",
        "order no",
        "Order No",
        "tracking",
        "Tracking",
        "tracking no",
        "waybill",
        "Waybill",
        "batch",
        "Batch",
        "invoice",
        "Invoice",
        "serial",
        "Serial",
        "S/N",
        "SN",
        "ref",
        "Ref",
        "ref no",
        "reference",
        "ticket",
        "Ticket",
        "PO",
        "model",
        "Model",
        "no",
        "No",
        "number",
        "order number",
        "tracking number",
        "parcel",
        "条码",
        "版本",
        "版本号",
        "保单号",
        "保单",
        "交易号",
        "凭证号",
        "提单号",
        "箱号",
        "资产编号",
        "设备编号",
        "件号",
        "零件号",
    ];

    /// Words before an identity number: what follows is no order or parcel.
    ID_WORDS: &["身份证", "身份证号", "证件", "证件号", "身份号", "身份", "id", "ID", "公民身份"];

    /// Words before a landline number.
    PHONE_WORDS: &[
        "电话",
        "座机",
        "固话",
        "固定电话",
        "传真",
        "tel",
        "Tel",
        "TEL",
        "phone",
        "Phone",
        "fax",
        "Fax",
        "联系方式",
        "热线",
        "致电",
        "拨打",
        "call",
        "Call",
    ];

    /// Words before a card number.
    CARD_WORDS: &[
        "卡",
        "卡号",
        "银行卡",
        "账号",
        "帐号",
        "账户",
        "银行卡号",
        "card",
        "Card",
        "card no",
        "account",
        "Account",
        "尾号",
        "储蓄卡",
        "信用卡",
        "IBAN",
    ];

    /// Words before a passport or permit number.
    PASSPORT_WORDS: &[
        "护照",
        "护照号",
        "护照号码",
        "passport",
        "Passport",
        "PASSPORT",
        "passport no",
        "Passport No",
        "证件号",
        "证件号码",
        "证件",
        "护照编号",
        "持护照",
    ];

    /// Words before a permit of residents of Hong Kong, Macao or Taiwan.
    PERMIT_WORDS: &["通行证", "通行证号", "回乡证", "台胞证", "居住证", "通行证号码"];

    /// Words before a medical record number.
    RECORD_WORDS: &[
        "病历号",
        "病案号",
        "住院号",
        "门诊号",
        "就诊号",
        "就诊卡号",
        "登记号",
        "MRN",
        "mrn",
        "medical record no",
        "Medical record no",
        "chart no",
        "病历",
        "住院编号",
        "病历编号",
    ];

    /// Words before a booking reference.
    PNR_WORDS: &[
        "PNR",
        "pnr",
        "订座",
        "订座编号",
        "订座记录",
        "记录编号",
        "record locator",
        "Record locator",
        "booking reference",
        "Booking reference",
        "预订编号",
        "预订号",
        "locator",
    ];

    /// Words before the number of a case report.
    CASE_WORDS: &[
        "病例编号",
        "病例号",
        "报告编号",
        "个案编号",
        "case id",
        "Case ID",
        "case no",
        "Case No",
        "case number",
        "Case number",
    ];

    /// Words before an IMEI.
    IMEI_WORDS: &["IMEI", "imei", "串号", "设备号", "设备识别码"];

    /// Words before the number of a version.
    VERSION_WORDS: &["版本", "版本号", "version", "Version", "v", "V"];

    /// Words and marks before a birth date.
    BIRTH_WORDS: &[
        "出生",
        "出生日期",
        "生日",
        "生于",
        "出生于",
        "出生年月",
        "出生年月日",
        "DOB",
        "dob",
        "born",
        "Born",
        "born on",
        "birth",
        "date of birth",
        "Date of birth",
        "birthday",
    ];

    /// Words of birth after a day.
    BORN_AFTER: &["生", "出生", "生人"];

    /// Words of age after and before a number.
    AGE_AFTER: &["岁", "周岁", " 岁", " years old", "-year-old", " year old", " yo "];

    /// Words of age before a number.
    AGE_BEFORE: &["年龄", "age", "Age", "aged"];

    /// Units of money after a number.
    MONEY_AFTER: &["元", "万元", "块", "美元", "欧元", "人民币", "万", " 元", "RMB", " RMB", " CNY", "CNY", " USD"];

    /// Words of money before a number.
    MONEY_BEFORE: &["金额", "余额", "CNY", "USD", "RMB", "EUR"];

    /// Words before a position.
    GEO_WORDS: &[
        "坐标",
        "经度",
        "纬度",
        "位置",
        "定位",
        "经纬度",
        "lon",
        "lat",
        "lng",
        "longitude",
        "latitude",
        "GPS",
        "gps",
        "东经",
        "北纬",
        "位于",
    ];
}
