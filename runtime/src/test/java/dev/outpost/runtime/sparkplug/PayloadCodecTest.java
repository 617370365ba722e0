package dev.outpost.runtime.sparkplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.outpost.runtime.sparkplug.MetricValue.Flag;
import dev.outpost.runtime.sparkplug.MetricValue.Form;
import dev.outpost.runtime.sparkplug.MetricValue.Int;
import dev.outpost.runtime.sparkplug.MetricValue.Octets;
import dev.outpost.runtime.sparkplug.MetricValue.Real;
import dev.outpost.runtime.sparkplug.MetricValue.Single;
import dev.outpost.runtime.sparkplug.MetricValue.Table;
import dev.outpost.runtime.sparkplug.MetricValue.Whole;
import dev.outpost.runtime.sparkplug.MetricValue.Words;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.eclipse.tahu.protobuf.SparkplugBProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The codec against the generated messages of Eclipse Tahu, and against bytes nobody should send. */
class PayloadCodecTest {

    private static final Metric TEMPLATE = Metric.of("Latency", DataType.TEMPLATE, new Form(new Template(
            Optional.of("1"), Optional.empty(), List.of(Metric.real("p50", 1.5), Metric.text("unit", "ms")),
            List.of(new Template.Parameter("window", DataType.INT32, new Int(-60)),
                    new Template.Parameter("open", DataType.STRING, MetricValue.ABSENT)))));

    private static final DataSet TABLE = new DataSet(List.of("name", "bytes", "ok", "share", "delta"),
            List.of(DataType.STRING, DataType.UINT64, DataType.BOOLEAN, DataType.FLOAT, DataType.INT8),
            List.of(List.of(new Words("a"), new Whole(-1), new Flag(true), new Single(0.5f), new Int(-128)),
                    List.of(new Words("ü"), new Whole(7), new Flag(false), new Single(-0f), new Int(127))));

    private static final List<Metric> EVERYTHING = List.of(Metric.of("i8", DataType.INT8, new Int(-5)),
            Metric.of("i16", DataType.INT16, new Int(-32_768)), Metric.of("i32", DataType.INT32, new Int(-1)),
            Metric.whole("i64", Long.MIN_VALUE), Metric.of("u8", DataType.UINT8, new Int(255)),
            Metric.of("u16", DataType.UINT16, new Int(65_535)),
            Metric.of("u32", DataType.UINT32, new Int(0xffff_ffffL)),
            Metric.of("u64", DataType.UINT64, new Whole(-1)), Metric.of("f", DataType.FLOAT, new Single(1.25f)),
            Metric.real("d", Math.PI), Metric.flag("yes", true), Metric.text("s", "Wärme °C"),
            Metric.of("t", DataType.DATE_TIME, new Whole(1_700_000_000_123L)),
            Metric.of("txt", DataType.TEXT, new Words("")), Metric.of("id", DataType.UUID, new Words("a-b")),
            Metric.of("bytes", DataType.BYTES, new Octets(new byte[]{0, -1})),
            Metric.of("file", DataType.FILE, new Octets(new byte[0])), Metric.of("set", DataType.DATA_SET,
                    new Table(TABLE)),
            TEMPLATE, Metric.of("none", DataType.DOUBLE, MetricValue.ABSENT),
            Metric.of("props", DataType.INT32, new Int(4), Property.unit("°C"),
                    Property.quality(Property.Quality.STALE), new Property("more", DataType.PROPERTY_SET,
                            new MetricValue.Properties(List.of(Property.unit("K")))),
                    new Property("list", DataType.PROPERTY_SET_LIST, new MetricValue.PropertyList(
                            List.of(new MetricValue.Properties(List.of()),
                                    new MetricValue.Properties(List.of(Property.unit("F"))))))))
            .stream().map(metric -> metric.at(1_700_000_000_000L)).toList();

    private static final Payload FULL = new Payload(OptionalLong.of(1_700_000_000_001L), OptionalLong.of(255),
            EVERYTHING);

    @Test
    void readsWhatItWrote() {
        assertEquals(FULL, PayloadCodec.decode(PayloadCodec.encode(FULL)));
    }

    @Test
    void writesWhatTheGeneratedMessagesRead() throws InvalidProtocolBufferException {
        var read = SparkplugBProto.Payload.parseFrom(PayloadCodec.encode(FULL));
        assertTrue(read.getUnknownFields().asMap().isEmpty());
        assertEquals(255, read.getSeq());
        assertEquals(EVERYTHING.size(), read.getMetricsCount());
        assertEquals(-5, (byte) metric(read, "i8").getIntValue());
        assertEquals(0xffff_ffff, metric(read, "u32").getIntValue());
        assertEquals(Long.MIN_VALUE, metric(read, "i64").getLongValue());
        assertEquals(1.25f, metric(read, "f").getFloatValue());
        assertEquals(Math.PI, metric(read, "d").getDoubleValue());
        assertEquals("Wärme °C", metric(read, "s").getStringValue());
        assertEquals(ByteString.copyFrom(new byte[]{0, -1}), metric(read, "bytes").getBytesValue());
        assertEquals(List.of(12, 8, 11, 9, 1), metric(read, "set").getDatasetValue().getTypesList());
        assertEquals(5, metric(read, "set").getDatasetValue().getNumOfColumns());
        assertEquals("ü", metric(read, "set").getDatasetValue().getRows(1).getElements(0).getStringValue());
        assertTrue(metric(read, "Latency").getTemplateValue().getIsDefinition());
        assertEquals(-60, metric(read, "Latency").getTemplateValue().getParameters(0).getIntValue());
        assertTrue(metric(read, "none").getIsNull());
        assertEquals(List.of("engUnit", "Quality", "more", "list"), metric(read, "props").getProperties()
                .getKeysList());
        assertEquals(500, metric(read, "props").getProperties().getValues(1).getIntValue());
        assertEquals("F", metric(read, "props").getProperties().getValues(3).getPropertysetsValue().getPropertyset(1)
                .getValues(0).getStringValue());
    }

    @Test
    void readsWhatTheGeneratedMessagesWrite() throws InvalidProtocolBufferException {
        var tahu = SparkplugBProto.Payload.parseFrom(PayloadCodec.encode(FULL));
        assertEquals(FULL, PayloadCodec.decode(tahu.toByteArray()));
    }

    @Test
    void readsUnsigned32InTheLongMemberAsTahuWritesIt() {
        var tahu = SparkplugBProto.Payload.newBuilder().addMetrics(SparkplugBProto.Payload.Metric.newBuilder()
                .setName("u").setDatatype(7).setLongValue(0xffff_fffeL)).build();
        assertEquals(new Int(0xffff_fffeL), PayloadCodec.decode(tahu.toByteArray()).metrics().getFirst().value());
    }

    @Test
    void passesOverFieldsItDoesNotKnow() {
        var tahu = SparkplugBProto.Payload.newBuilder().setUuid("u").setBody(ByteString.copyFromUtf8("body"))
                .addMetrics(SparkplugBProto.Payload.Metric.newBuilder().setName("m").setIsTransient(true)
                        .setMetadata(SparkplugBProto.Payload.MetaData.newBuilder().setMd5("x")).setDatatype(3)
                        .setIntValue(9))
                .build();
        var metric = PayloadCodec.decode(tahu.toByteArray()).metrics().getFirst();
        assertEquals(new Int(9), metric.value());
    }

    @Test
    void survivesEveryTruncationAndEveryFlippedByte() {
        var sound = PayloadCodec.encode(FULL);
        int refused = 0;
        for (int length = 0; length < sound.length; length++) {
            refused += isRefused(Arrays.copyOf(sound, length)) ? 1 : 0;
        }
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            var broken = sound.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            refused += isRefused(broken) ? 1 : 0;
        }
        assertTrue(refused > sound.length / 2, "refused=" + refused);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            // a length of 2^63
            "12ffffffffffffffffff7f",
            // a length past the end
            "1205", "0a", "08ffffffffffffffffffff01",
            // groups, and a field number 0
            "0b", "0c", "02", "0700",
            // a metric whose name is no UTF-8
            "12040a02c328",
            // a data type that does not exist
            "1203 2063",
            // a text where the type says a number
            "12 05 2003 7a01 61",
            // a data set with one column said and none given
            "12 05 8a01 02 0801",
            // keys without values
            "12 05 4a03 0a01 61",
            // a template that is neither definition nor instance
            "12 05 9201 02 2800"})
    void refuses(String hex) {
        var bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThrows(SparkplugException.class, () -> PayloadCodec.decode(bytes));
    }

    @Test
    void refusesMessagesThatNestWithoutEnd() {
        byte[] inner = new byte[0];
        for (int i = 0; i < 40; i++) {
            var template = new ProtoWriter();
            template.bytes(2, inner);
            template.text(4, "ref");
            var metric = new ProtoWriter();
            metric.bytes(18, template.toByteArray());
            inner = metric.toByteArray();
        }
        var payload = new ProtoWriter();
        payload.bytes(2, inner);
        var failure = assertThrows(SparkplugException.class, () -> PayloadCodec.decode(payload.toByteArray()));
        assertTrue(failure.getMessage().contains("nest too deep"), failure.getMessage());
    }

    @Test
    void refusesMorePartsThanAnyPayloadNeeds() {
        var payload = new ProtoWriter();
        for (int i = 0; i <= ProtoReader.MOST_MESSAGES; i++) {
            payload.bytes(2, new byte[0]);
        }
        var failure = assertThrows(SparkplugException.class, () -> PayloadCodec.decode(payload.toByteArray()));
        assertTrue(failure.getMessage().contains("too many parts"), failure.getMessage());
    }

    @Test
    void packsAndUnpacksArrays() {
        check(DataType.INT8_ARRAY, "efff", new Int(-17), new Int(-1));
        check(DataType.INT16_ARRAY, "d08a", new Int(-30_000));
        check(DataType.UINT32_ARRAY, "34000000ffffffff", new Int(52), new Int(0xffff_ffffL));
        check(DataType.INT64_ARRAY, "0100000000000080", new Whole(Long.MIN_VALUE + 1));
        check(DataType.DATE_TIME_ARRAY, "c7d0907524010000", new Whole(1_256_102_875_335L));
        check(DataType.FLOAT_ARRAY, "0000c03f", new Single(1.5f));
        check(DataType.DOUBLE_ARRAY, "000000000000f83f", new Real(1.5));
        check(DataType.BOOLEAN_ARRAY, "0c00000034d0", flags("001101001101"));
        check(DataType.STRING_ARRAY, "41424300c3bc00", new Words("ABC"), new Words("ü"));
        assertThrows(SparkplugException.class, () -> PackedArray.read(DataType.INT32_ARRAY, new byte[3]));
        assertThrows(SparkplugException.class, () -> PackedArray.read(DataType.STRING_ARRAY, new byte[]{65}));
        assertThrows(SparkplugException.class, () -> PackedArray.read(DataType.BOOLEAN_ARRAY, new byte[]{-1, -1, -1,
                -1, 0}));
        assertThrows(SparkplugException.class, () -> PackedArray.read(DataType.DATA_SET, new byte[4]));
    }

    private static MetricValue[] flags(String bits) {
        return bits.chars().mapToObj(bit -> new Flag(bit == '1')).toArray(MetricValue[]::new);
    }

    private static void check(DataType type, String hex, MetricValue... elements) {
        assertEquals(hex, HexFormat.of().formatHex(PackedArray.write(type, List.of(elements))));
        assertEquals(List.of(elements), PackedArray.read(type, HexFormat.of().parseHex(hex)));
    }

    private static SparkplugBProto.Payload.Metric metric(SparkplugBProto.Payload payload, String name) {
        return payload.getMetricsList().stream().filter(metric -> metric.getName().equals(name)).findFirst()
                .orElseThrow();
    }

    /** Anything but a payload or our own refusal is a fault. */
    private static boolean isRefused(byte[] bytes) {
        try {
            PayloadCodec.decode(bytes);
            return false;
        } catch (SparkplugException e) {
            return true;
        }
    }
}
