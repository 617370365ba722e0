package dev.outpost.runtime.sparkplug;

import java.util.List;

/**
 * A table.
 *
 * @param columns names
 * @param types of the columns, basic ones
 * @param rows each with one value a column
 */
public record DataSet(List<String> columns, List<DataType> types, List<List<MetricValue>> rows) {

    public DataSet {
        columns = List.copyOf(columns);
        types = List.copyOf(types);
        rows = rows.stream().map(List::copyOf).toList();
        if (columns.size() != types.size() || !types.stream().allMatch(DataType::isBasic)) {
            throw new SparkplugException("data set needs one basic type a column: columns=" + columns.size()
                    + ", types=" + types);
        }
        for (var row : rows) {
            requireRow(types, row);
        }
    }

    private static void requireRow(List<DataType> types, List<MetricValue> row) {
        if (row.size() != types.size()) {
            throw new SparkplugException("data set row is not as wide as its head: expected=" + types.size()
                    + ", found=" + row.size());
        }
        for (int i = 0; i < row.size(); i++) {
            if (!types.get(i).fits(row.get(i))) {
                throw new SparkplugException("data set cell does not fit its column: column=" + i + ", type="
                        + types.get(i));
            }
        }
    }
}
