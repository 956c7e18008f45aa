//! A reader of Mapbox Vector Tiles 2.1 that shares no code with what writes them.

/// One layer.
#[derive(Debug)]
pub struct Layer {
    pub name: String,
    pub features: Vec<Feature>,
}

/// One feature; a point is a line of one vertex.
#[derive(Debug)]
pub struct Feature {
    pub lines: Vec<Vec<[i64; 2]>>,
    pub attributes: Vec<(String, Attribute)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    Text(String),
    Number(u64),
}

impl Feature {
    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    /// A number, 0 where it is not given.
    pub fn number(&self, name: &str) -> u64 {
        match self.attribute(name) {
            Some(Attribute::Number(number)) => *number,
            Some(other) => panic!("{name} is {other:?}"),
            None => 0,
        }
    }

    pub fn text(&self, name: &str) -> &str {
        match self.attribute(name) {
            Some(Attribute::Text(text)) => text,
            other => panic!("{name} is {other:?} in {self:?}"),
        }
    }
}

/// A field of a message of Protocol Buffers.
enum Field<'m> {
    Number(u64),
    Bytes(&'m [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

fn fields(mut message: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message);
        let value = match key & 7 {
            0 => Field::Number(varint(&mut message)),
            2 => {
                let length = varint(&mut message) as usize;
                let (bytes, rest) = message.split_at(length);
                message = rest;
                Field::Bytes(bytes)
            }
            other => panic!("wire type {other}"),
        };
        fields.push((key >> 3, value));
    }
    fields
}

fn packed(mut bytes: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        numbers.push(varint(&mut bytes));
    }
    numbers
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The layers of a tile; none in an empty one.
pub fn decode(tile: &[u8]) -> Vec<Layer> {
    let layers = fields(tile).into_iter().map(|(number, field)| match (number, field) {
        (3, Field::Bytes(layer)) => decode_layer(layer),
        (other, _) => panic!("field {other} of a tile"),
    });
    layers.collect()
}

fn decode_layer(layer: &[u8]) -> Layer {
    let (mut name, mut found, mut keys, mut values) =
        (String::new(), Vec::new(), Vec::new(), Vec::new());
    for (number, field) in fields(layer) {
        match (number, field) {
            (1, Field::Bytes(bytes)) => name = text(bytes),
            (2, Field::Bytes(bytes)) => found.push(bytes),
            (3, Field::Bytes(bytes)) => keys.push(text(bytes)),
            (4, Field::Bytes(bytes)) => values.push(match fields(bytes).remove(0) {
                (1, Field::Bytes(bytes)) => Attribute::Text(text(bytes)),
                (5, Field::Number(number)) => Attribute::Number(number),
                (other, _) => panic!("value of type {other}"),
            }),
            (5, Field::Number(extent)) => assert_eq!(extent, 4096),
            (15, Field::Number(version)) => assert_eq!(version, 2),
            (other, _) => panic!("field {other} of a layer"),
        }
    }
    // every key and value is written once (4.4)
    assert!(keys.iter().enumerate().all(|(at, key)| !keys[..at].contains(key)));
    let features = found.into_iter().map(|feature| decode_feature(feature, &keys, &values));
    Layer { name, features: features.collect() }
}

fn decode_feature(feature: &[u8], keys: &[String], values: &[Attribute]) -> Feature {
    let (mut attributes, mut kind, mut lines) = (Vec::new(), 0, Vec::new());
    for (number, field) in fields(feature) {
        match (number, field) {
            (2, Field::Bytes(tags)) => {
                let tags = packed(tags);
                for pair in tags.chunks(2) {
                    attributes
                        .push((keys[pair[0] as usize].clone(), values[pair[1] as usize].clone()));
                }
            }
            (3, Field::Number(number)) => kind = number,
            (4, Field::Bytes(bytes)) => lines = geometry(&packed(bytes)),
            (other, _) => panic!("field {other} of a feature"),
        }
    }
    match kind {
        1 => assert!(lines.len() == 1 && lines[0].len() == 1),
        2 => assert!(!lines.is_empty() && lines.iter().all(|line| line.len() > 1)),
        other => panic!("geometry {other}"),
    }
    Feature { lines, attributes }
}

fn geometry(mut commands: &[u64]) -> Vec<Vec<[i64; 2]>> {
    let (mut lines, mut at) = (Vec::new(), [0, 0]);
    while let [command, rest @ ..] = commands {
        let (id, count) = (command & 7, (command >> 3) as usize);
        assert!(count > 0);
        let (steps, after) = rest.split_at(count * 2);
        for step in steps.chunks(2) {
            for axis in [0, 1] {
                at[axis] += (step[axis] >> 1) as i64 ^ -((step[axis] & 1) as i64);
            }
            match id {
                1 => lines.push(vec![at]),
                2 => lines.last_mut().unwrap().push(at),
                other => panic!("command {other}"),
            }
        }
        commands = after;
    }
    lines
}
