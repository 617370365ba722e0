package dev.outpost.runtime.fleet.hub.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements on one connection; parameters are {@code String}, {@code Long}, {@code Integer} or {@code byte[]}. */
final class Statements {

    private final Connection connection;

    Statements(Connection connection) {
        this.connection = connection;
    }

    /** Makes a value of the row the cursor stands on. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    /** @return rows changed */
    int update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    <T> List<T> all(Row<T> row, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters); ResultSet found = statement.executeQuery()) {
            var rows = new ArrayList<T>();
            while (found.next()) {
                rows.add(row.of(found));
            }
            return rows;
        }
    }

    <T> Optional<T> one(Row<T> row, String sql, Object... parameters) throws SQLException {
        return all(row, sql, parameters).stream().findFirst();
    }

    /** A number that the statement always yields, such as a count. */
    long number(String sql, Object... parameters) throws SQLException {
        return one(row -> row.getLong(1), sql, parameters).orElse(0L);
    }

    /** Runs one statement for many parameter lists. */
    void batch(String sql, Iterable<Object[]> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Object[] row : rows) {
                set(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Runs a statement without parameters. */
    void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        var statement = connection.prepareStatement(sql);
        try {
            set(statement, parameters);
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private static void set(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case String text -> statement.setString(i + 1, text.replace("\0", "")); // PostgreSQL has no NUL
                case Long number -> statement.setLong(i + 1, number);
                case Integer number -> statement.setInt(i + 1, number);
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                default -> throw new IllegalArgumentException("parameter is of an unknown kind: "
                        + parameters[i].getClass());
            }
        }
    }
}
