"""Official papers of a unit: báo cáo and biên bản in the form of Nghị định 30/2020/NĐ-CP, as PDF and as Word file."""
