//! Endings of the names of organisations, and words before them.

words! {
    /// Endings of names of hospitals.
    HOSPITAL_ENDINGS: &[
        "医院",
        "卫生院",
        "诊所",
        "卫生服务中心",
        "保健院",
        "疗养院",
        "医疗中心",
        "医务室",
        "卫生所",
        "门诊部",
        "疾控中心",
    ];

    /// Endings of names of other organisations.
    ORG_ENDINGS: &[
        "公司",
        "集团",
        "银行",
        "支行",
        "分行",
        "大学",
        "学院",
        "中学",
        "小学",
        "事务所",
        "研究院",
        "研究所",
        "合作社",
        "信用社",
        "联社",
        "厂",
        "委员会",
        "管理局",
        "基金会",
        "协会",
        "商行",
        "经营部",
        "工作室",
        "药房",
        "酒店",
        "出版社",
        "保险",
        "证券",
    ];

    /// Whole endings of companies.
    COMPANY_TAILS: &["股份有限公司", "有限责任公司", "有限公司"];

    /// Words before the name of an organisation.
    BEFORE_ORG: &["抬头", "单位", "就职", "供职", "任职", "来自", "名称", "雇主", "转诊", "就诊", "开户行", "开户", "公司", "医院", "客户", "发票", "供应商"];
}
